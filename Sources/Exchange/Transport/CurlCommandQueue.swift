import CCurl
import Synchronization

/// What other threads ask of the loop.
enum CurlCommand: Sendable {
    case start(CurlTransfer)
    case cancel(CurlTransfer)
    case credentials(TransportCredentials)
    case stop
}

/// Hands commands to the loop's thread and wakes it.
final class CurlCommandQueue: Sendable {
    private struct State {
        var pending: [CurlCommand] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    // Safe: it is used here only by `curl_multi_wakeup`, which may be called from any thread, and only under the lock while the
    // queue is open; the loop frees it after `close`.
    nonisolated(unsafe) let multi: UnsafeMutableRawPointer

    init(multi: UnsafeMutableRawPointer) { self.multi = multi }

    /// False when the loop has ended: nothing will come of the command.
    func send(_ command: CurlCommand) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.pending.append(command)
            if state.pending.count == 1 { curl_multi_wakeup(multi) }
            return true
        }
    }

    func take() -> [CurlCommand] {
        state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
    }

    /// Refuses what comes later; returns what was waiting.
    func close() -> [CurlCommand] {
        state.withLock { state in
            state.isClosed = true
            defer { state.pending = [] }
            return state.pending
        }
    }
}
