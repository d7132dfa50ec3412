import Foundation
import Synchronization

/// What must not outlive this process, for the case that it is interrupted.
enum Leftovers {
    private struct Held {
        var processes: Set<pid_t> = []
        var folders: Set<String> = []
    }

    private static let held = Mutex(Held())

    static func add(process: pid_t) { held.withLock { _ = $0.processes.insert(process) } }
    static func forget(process: pid_t) { held.withLock { _ = $0.processes.remove(process) } }
    static func add(folder: String) { held.withLock { _ = $0.folders.insert(folder) } }
    static func forget(folder: String) { held.withLock { _ = $0.folders.remove(folder) } }

    /// Ends the processes, by SIGKILL where SIGTERM does not in 2 s, waits until they are gone, and removes the folders.
    static func clear() {
        let found = held.withLock { $0 }
        // nginx leaves its workers when it is killed; on SIGTERM it takes them along.
        for last in [SIGTERM, SIGKILL] {
            for process in found.processes { kill(process, last) }
            for _ in 0..<200 where found.processes.contains(where: { kill($0, 0) == 0 }) { usleep(10_000) }
        }
        for folder in found.folders { try? FileManager.default.removeItem(atPath: folder) }
    }
}

/// A folder for one run, below the system's temporary one.
struct Scratch {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("yizhan-bench-\(UUID().uuidString)").path
        Leftovers.add(folder: path)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        Leftovers.forget(folder: path)
    }
}
