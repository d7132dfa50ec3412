import Children
import Foundation
import Gateway

extension Program {
    /// Starts it, with what to do when it is not there.
    /// - Parameter log: what the process prints is appended to this file.
    func launch(_ arguments: [String], input: String? = nil, log: String) throws -> Child {
        guard isThere else {
            throw GatewayError(.file, "\(path) is not there", remedy: "start scripts/bench.sh, which provides it")
        }
        return try start(arguments, input: input, log: log)
    }

    /// Runs a command to its end, for at most 10 min.
    func run(_ arguments: [String], input: String? = nil, log: String) throws {
        let process = try launch(arguments, input: input, log: log)
        let isDone = process.waitForEnd(seconds: 600)
        process.end()
        guard isDone, process.status == 0 else {
            let name = URL(fileURLWithPath: path).lastPathComponent
            throw Self.failure("`\(name) \(arguments.first ?? "")` failed", log: log)
        }
    }

    /// With the last lines of the log, since its folder goes.
    static func failure(_ what: String, log: String) -> GatewayError {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let last = text.split(separator: "\n").suffix(5).joined(separator: "\n")
        return GatewayError(.unreachable, "\(what):\n\(last)\n", remedy: "report this as a defect")
    }
}
