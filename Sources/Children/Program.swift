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
    ///   - log: what it prints is appended to this file, which is made when it is missing.
    ///   - errors: another file for standard error; nil for the log.
    public func start(
        _ arguments: [String], input: String? = nil, log: String, errors: String? = nil
    ) throws -> Process {
        guard !Leftovers.isInterrupted else { throw CancellationError() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var files = [try Self.appending(to: log)]
        // The child has them by then, and `Process` would keep them as long as this process lives.
        defer { for file in files { try? file.close() } }
        process.standardOutput = files[0]
        if let errors { files.append(try Self.appending(to: errors)) }
        process.standardError = files[files.count - 1]
        if let input { files.append(try FileHandle(forReadingFrom: URL(fileURLWithPath: input))) }
        process.standardInput = input == nil ? FileHandle.nullDevice : files[files.count - 1]
        try process.run()
        Leftovers.add(process: process.processIdentifier)
        return process
    }

    private static func appending(to path: String) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        return file
    }
}

extension Process {
    /// Waits until it has ended. `waitUntilExit` runs a run loop, which the calling thread need not have.
    /// - Returns: false when it has not ended in time.
    @discardableResult
    public func waitForEnd(seconds: Int) -> Bool {
        for _ in 0..<seconds * 500 where isRunning { usleep(2_000) }
        guard !isRunning else { return false }
        Leftovers.forget(process: processIdentifier)
        return true
    }

    /// SIGTERM, and SIGKILL when it has not ended in time.
    public func stop(seconds: Int = 60) {
        if isRunning { terminate() }
        if !waitForEnd(seconds: seconds) { end() }
    }

    /// SIGKILL: no warning, nothing is flushed.
    public func end() {
        if isRunning { kill(processIdentifier, SIGKILL) }
        waitForEnd(seconds: 20)
    }

    /// SIGHUP: it reads its configuration again.
    public func hangUp() { if isRunning { kill(processIdentifier, SIGHUP) } }
}
