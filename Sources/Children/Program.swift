import Foundation

/// A program that this process starts as its child: mostly `yizhan` itself.
///
/// What a child reads and writes are files: the end of a pipe could stay open in another child that is started at the same moment,
/// and would never be seen.
public struct Program: Sendable {
    public let path: String
    /// Beside the variables of this process.
    public var environment: [String: String]

    public init(path: String, environment: [String: String] = [:]) {
        self.path = path
        self.environment = environment
    }

    /// The executable of this process.
    public static var own: Program {
        Program(path: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path)
    }

    /// `yizhan`, which is built beside this process's executable.
    public static var gateway: Program {
        let folder = URL(fileURLWithPath: own.path).deletingLastPathComponent()
        return Program(path: folder.appendingPathComponent("yizhan").path)
    }

    public var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Starts it. Until it has ended it is among the ``Leftovers``.
    /// - Parameters:
    ///   - input: a file for standard input; nothing when left out.
    ///   - log: what it prints is appended to this file, which is made when it is missing; nil to throw it away.
    ///   - errors: another file for standard error; nil for the log.
    /// - Throws: `POSIXError`.
    public func start(
        _ arguments: [String], input: String? = nil, log: String?, errors: String? = nil
    ) throws -> Child {
        guard !Leftovers.isInterrupted else { throw CancellationError() }
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return try Child(
            path: path, arguments: [path] + arguments, environment: variables.map { "\($0)=\($1)" }, input: input,
            output: log, errors: errors ?? log)
    }
}
