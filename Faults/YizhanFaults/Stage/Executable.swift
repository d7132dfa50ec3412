import Foundation
import Synchronization

/// The gateway's executable, which is built beside this one.
struct Executable: Sendable {
    let path: String

    /// - Parameter path: nil for the one beside this program.
    init(_ path: String?) throws {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        self.path = path ?? own.deletingLastPathComponent().appendingPathComponent("yizhan").path
        guard FileManager.default.isExecutableFile(atPath: self.path) else {
            throw FaultsError(.missing, "\(self.path) is not built", remedy: "start `make faults`")
        }
    }

    /// - Parameter log: what the process prints is appended to this file.
    func start(_ arguments: [String], environment: [String: String] = [:], log: String) throws -> Process {
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        _ = try output.seekToEnd()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        Leftovers.add(process.processIdentifier)
        return process
    }

    /// Runs a command to its end, for at most a minute.
    func run(_ arguments: [String], log: String) throws {
        let process = try start(arguments, log: log)
        process.wait(seconds: 60)
        guard !process.isRunning, process.terminationStatus == 0 else {
            throw FaultsError(.notReady, "`yizhan \(arguments.first ?? "")` failed", remedy: "see \(log)")
        }
    }
}

extension Process {
    /// `waitUntilExit` runs a run loop, which this thread need not have.
    func wait(seconds: Int) {
        for _ in 0..<seconds * 500 where isRunning { usleep(2_000) }
        if !isRunning { Leftovers.forget(processIdentifier) }
    }

    /// SIGKILL: no warning, nothing is flushed.
    func end() {
        if isRunning { kill(processIdentifier, SIGKILL) }
        wait(seconds: 20)
    }
}

/// Processes that must not outlive this one.
enum Leftovers {
    private static let held = Mutex<Set<pid_t>>([])

    static func add(_ process: pid_t) { held.withLock { _ = $0.insert(process) } }
    static func forget(_ process: pid_t) { held.withLock { _ = $0.remove(process) } }
    static func clear() { for process in held.withLock({ $0 }) { kill(process, SIGKILL) } }
}
