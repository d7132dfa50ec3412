import Interchange
import Synchronization

/// Lets a sender rest until work comes or a time is reached, whichever is first.
final class Wakeup: Sendable {
    private struct State {
        var isSet = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Ends the rest, or the next one if nobody rests.
    func wake() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiting = state.waiting else {
                state.isSet = true
                return nil
            }
            state.waiting = nil
            return waiting
        }
        waiting?.resume()
    }

    /// Returns when woken, when the time has passed, or when the task is cancelled.
    func rest(for duration: Duration) async {
        let alarm = Task {
            // Cancelled when the rest ended: then nobody is to be woken, and the next rest must not end at once.
            guard (try? await Task.sleep(for: duration)) != nil else { return }
            wake()
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isSet = state.withLock { state -> Bool in
                    defer { state.isSet = false }
                    if !state.isSet { state.waiting = continuation }
                    return state.isSet
                }
                if isSet { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
        alarm.cancel()
    }
}
