import NIOCore
import Store
import Synchronization

/// Answers on their way from the store's writer to the connections of one event loop: it is told once of all that are ready
/// together, and once of all that wait for the floor.
final class LoopAnswers: Sendable {
    /// One that is durable, with when it may leave.
    struct Ready: Sendable {
        let due: NIODeadline
        let question: OpenQuestion
        let result: Result<InquiryResult, StoreError>
    }

    private struct State {
        var ready: [Ready] = []
        /// Whether the loop is about to come for them.
        var isTold = false
        /// When it comes again by itself.
        var timer: NIODeadline?
    }

    private let loop: any EventLoop
    private let state = Mutex(State())

    init(_ loop: any EventLoop) { self.loop = loop }

    /// From any thread.
    func add(_ ready: Ready) {
        let mustTell = state.withLock { state in
            state.ready.append(ready)
            defer { state.isTold = true }
            return !state.isTold
        }
        if mustTell { loop.execute { [self] in deliver() } }
    }

    private func deliver() {
        let now = NIODeadline.now()
        let (due, timer) = state.withLock { state -> ([Ready], NIODeadline?) in
            state.isTold = false
            if let timer = state.timer, timer <= now { state.timer = nil }
            // Under load nearly always all are due.
            if state.ready.allSatisfy({ $0.due <= now }) {
                defer { state.ready = [] }
                return (state.ready, nil)
            }
            let due = state.ready.filter { $0.due <= now }
            state.ready.removeAll { $0.due <= now }
            guard let next = state.ready.map(\.due).min(), state.timer.map({ next < $0 }) ?? true else {
                return (due, nil)
            }
            state.timer = next
            return (due, next)
        }
        if let timer { loop.scheduleTask(deadline: timer) { [self] in deliver() } }
        for one in due { one.question.answer(one.result) }
    }
}
