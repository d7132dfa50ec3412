import Foundation
import Gateway

/// A program that the benchmark starts: the gateway, or a peer's.
struct Executable {
    let path: String
    /// Beside those of this process.
    var environment: [String: String] = [:]

    /// The gateway's, which is built beside this one.
    static var gateway: Executable {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return Executable(path: own.deletingLastPathComponent().appendingPathComponent("yizhan").path)
    }

    /// - Parameters:
    ///   - input: a file for standard input; nothing when left out.
    ///   - log: what the process prints is appended to this file.
    func start(_ arguments: [String], input: String? = nil, log: String) throws -> Process {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw GatewayError(.file, "\(path) is not there", remedy: "start scripts/bench.sh, which provides it")
        }
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        _ = try output.seekToEnd()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) }
            ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        Leftovers.add(process: process.processIdentifier)
        return process
    }

    /// Runs a command to its end, for at most 10 min.
    func run(_ arguments: [String], input: String? = nil, log: String) throws {
        let process = try start(arguments, input: input, log: log)
        for _ in 0..<60_000 where process.isRunning { usleep(10_000) }
        let isDone = !process.isRunning
        Self.end(process)
        guard isDone, process.terminationStatus == 0 else {
            let name = URL(fileURLWithPath: path).lastPathComponent
            throw Self.failure("`\(name) \(arguments.first ?? "")` failed", log: log)
        }
    }

    /// SIGKILL, and waits until it has ended. `waitUntilExit` runs a run loop, which this thread need not have.
    static func end(_ process: Process) {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            for _ in 0..<2_000 where process.isRunning { usleep(10_000) }
        }
        Leftovers.forget(process: process.processIdentifier)
    }

    /// With the last lines of the log, since its folder goes.
    static func failure(_ what: String, log: String) -> GatewayError {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let last = text.split(separator: "\n").suffix(5).joined(separator: "\n")
        return GatewayError(.unreachable, "\(what):\n\(last)\n", remedy: "report this as a defect")
    }
}
