import Foundation
import Gateway

/// The gateway's executable, which is built beside this one.
enum Executable {
    private static var path: String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return own.deletingLastPathComponent().appendingPathComponent("yizhan").path
    }

    /// - Parameter log: what the process prints is appended to this file.
    static func start(_ arguments: [String], log: String) throws -> Process {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw GatewayError(.file, "\(path) is not built", remedy: "start scripts/bench.sh")
        }
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        _ = try output.seekToEnd()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        Leftovers.add(process: process.processIdentifier)
        return process
    }

    /// Runs a command to its end, for at most 10 min.
    static func run(_ arguments: [String], log: String) throws {
        let process = try start(arguments, log: log)
        for _ in 0..<60_000 where process.isRunning { usleep(10_000) }
        let isDone = !process.isRunning
        end(process)
        guard isDone, process.terminationStatus == 0 else {
            throw failure("`yizhan \(arguments.first ?? "")` failed", log: log)
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
