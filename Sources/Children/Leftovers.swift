import Dispatch
import Foundation
import Synchronization

/// What must not outlive this process, for the case that it is interrupted.
public enum Leftovers {
    private struct Held {
        var processes: Set<pid_t> = []
        var folders: Set<String> = []
        /// With which this process ends when it is interrupted; nil for the signal's own.
        var status: Int32?
        var isInterrupted = false
    }

    private static let held = Mutex(Held())

    /// Whether this process is about to end, since it was interrupted.
    static var isInterrupted: Bool { held.withLock { $0.isInterrupted } }

    /// Does not come back once the process was interrupted. The work goes on while everything is taken away, fails because of that, and
    /// would tell of it and end the process too soon: whoever tells of a failure, or ends the process, calls it first.
    public static func waitIfInterrupted() { while isInterrupted { pause() } }

    public static func add(process: pid_t) {
        let isTooLate = held.withLock { held in
            held.processes.insert(process)
            return held.isInterrupted
        }
        if isTooLate { kill(process, SIGKILL) }
    }

    public static func forget(process: pid_t) { held.withLock { _ = $0.processes.remove(process) } }
    public static func add(folder: String) { held.withLock { _ = $0.folders.insert(folder) } }
    public static func forget(folder: String) { held.withLock { _ = $0.folders.remove(folder) } }

    /// Ends the processes, by SIGKILL where SIGTERM does not in 2 s, waits until they are gone, and removes the folders.
    public static func clear() {
        let found = held.withLock { $0 }
        // nginx leaves its workers when it is killed; on SIGTERM it takes them along.
        for last in [SIGTERM, SIGKILL] {
            for process in found.processes { kill(process, last) }
            for _ in 0..<200 where found.processes.contains(where: isThere) { usleep(10_000) }
        }
        for folder in found.folders { remove(folder) }
    }

    /// Whether a child has not ended.
    private static func isThere(_ process: pid_t) -> Bool {
        waitpid(process, nil, WNOHANG)
        return kill(process, 0) == 0
    }

    /// Again, where somebody still writes in it.
    private static func remove(_ folder: String) {
        for _ in 0..<20 where FileManager.default.fileExists(atPath: folder) {
            try? FileManager.default.removeItem(atPath: folder)
            usleep(5_000)
        }
    }

    /// From now on SIGINT and SIGTERM clear first, and then end this process.
    /// - Parameter status: its exit status; 128 and the signal's number when left out.
    public static func clearWhenInterrupted(status: Int32? = nil) {
        held.withLock { $0.status = status }
        _ = interruptions
        _ = lastWait
    }

    /// For whoever ends the process without asking.
    private static let lastWait = atexit { Leftovers.waitIfInterrupted() }

    // Safe: made once, by the system, and never touched again; it is held so that the sources live.
    private nonisolated(unsafe) static let interruptions = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
        source.setEventHandler {
            let status = held.withLock { held in
                held.isInterrupted = true
                return held.status ?? 128 + number
            }
            clear()
            fflush(nil)
            _exit(status)
        }
        source.resume()
        return source
    }
}
