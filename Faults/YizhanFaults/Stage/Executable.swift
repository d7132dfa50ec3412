import Children
import Foundation

/// The gateway's executable, which is built beside this one.
struct Executable: Sendable {
    private let program: Program
    var path: String { program.path }

    /// - Parameter path: nil for the one beside this program.
    init(_ path: String?) throws {
        program = path.map { Program(path: $0) } ?? .gateway
        guard program.isThere else {
            throw FaultsError(.missing, "\(program.path) is not built", remedy: "start `make faults`")
        }
    }

    /// - Parameter log: what the process prints is appended to this file.
    func start(_ arguments: [String], environment: [String: String] = [:], log: String) throws -> Child {
        var program = program
        program.environment = environment
        return try program.start(arguments, log: log)
    }

    /// Runs a command to its end, for at most a minute.
    func run(_ arguments: [String], log: String) throws {
        let process = try start(arguments, log: log)
        guard process.waitForEnd(seconds: 60), process.status == 0 else {
            throw FaultsError(.notReady, "`yizhan \(arguments.first ?? "")` failed", remedy: "see \(log)")
        }
    }
}
