import Dispatch
import Synchronization

/// Questions on their way to the writer. All that come while it is busy, and while the first of them can wait, share its next
/// savepoint; only when one of them fails is each carried out by itself.
///
/// While questions are carried out, those that come wait for the end of that without a timer of their own.
final class QuestionQueue: Sendable {
    /// The most questions that share a savepoint.
    static let mostAtOnce = 256
    /// As soon as so many wait, none waits longer.
    static let enough = 64

    /// A class, so that it is handed on without being copied.
    private final class Asked: Sendable {
        let writer: InquiryWriter
        /// Until when it can wait for others.
        let end: ContinuousClock.Instant
        let answer: @Sendable (Result<InquiryResult, StoreError>) -> Void

        init(
            _ writer: InquiryWriter, until end: ContinuousClock.Instant,
            _ answer: @escaping @Sendable (Result<InquiryResult, StoreError>) -> Void
        ) {
            (self.writer, self.end, self.answer) = (writer, end, answer)
        }
    }

    private struct Waiting: Sendable {
        var asked: [Asked] = []
        /// Whether the writer is to come for them.
        var isSubmitted = false
        /// Whether a timer runs for the first of them.
        var hasTimer = false
        /// Groups that the writer has, and has not answered.
        var carriedOut = 0

        /// - Returns: true the first time that somebody waits: then the writer is to be told.
        mutating func submit() -> Bool {
            guard !isSubmitted, !asked.isEmpty else { return false }
            isSubmitted = true
            return true
        }

        /// What is to be done for those that wait.
        mutating func next(at now: ContinuousClock.Instant) -> Next? {
            guard !isSubmitted, let first = asked.first else { return nil }
            if asked.count >= QuestionQueue.enough || first.end <= now { return submit() ? .carryOut : nil }
            guard carriedOut == 0, !hasTimer else { return nil }
            hasTimer = true
            return .wait(first.end - now)
        }
    }

    private enum Next {
        case carryOut
        case wait(Duration)
    }

    private let writes: WriteQueue
    private let keys: StoreKeys
    private let waiting = Mutex(Waiting())

    init(_ writes: WriteQueue, keys: StoreKeys) {
        self.writes = writes
        self.keys = keys
    }

    /// As ``Store/answer(_:then:)``.
    func ask(_ inquiry: Inquiry, then answer: @escaping @Sendable (Result<InquiryResult, StoreError>) -> Void) {
        let now = ContinuousClock.now
        let asked = Asked(InquiryWriter(inquiry, keys: keys, isPrepared: true), until: now + inquiry.canWait, answer)
        perform(
            waiting.withLock { waiting in
                waiting.asked.append(asked)
                // One that cannot wait takes the others along.
                if inquiry.canWait == .zero { return waiting.submit() ? .carryOut : nil }
                return waiting.next(at: now)
            })
    }

    private func perform(_ next: Next?) {
        switch next {
        case nil: break
        case .carryOut: carryOutWaiting()
        case .wait(let time):
            let end = DispatchTime.now() + .nanoseconds(Int(time / .nanoseconds(1)))
            DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: end) { [self] in
                perform(
                    waiting.withLock { waiting in
                        waiting.hasTimer = false
                        return waiting.next(at: .now)
                    })
            }
        }
    }

    private func carryOutWaiting() {
        let group = Mutex<[Asked]>([])
        let results = Mutex<[InquiryResult]>([])
        writes.run(.question) { [self] transaction in
            let asked = taken()
            group.withLock { $0 = asked }
            var answers: [InquiryResult] = []
            answers.reserveCapacity(asked.count)
            for one in asked { answers.append(try one.writer.write(in: transaction)) }
            results.withLock { $0 = answers }
        } finally: { [self] error in
            finish(group.withLock { $0 }, results.withLock { $0 }, error)
        }
    }

    /// Those that have come by now; for more than share a savepoint there is another one.
    private func taken() -> [Asked] {
        let (asked, areMore) = waiting.withLock { waiting in
            let first = Array(waiting.asked.prefix(Self.mostAtOnce))
            waiting.asked.removeFirst(first.count)
            waiting.isSubmitted = !waiting.asked.isEmpty
            if !first.isEmpty { waiting.carriedOut += 1 }
            return (first, waiting.isSubmitted)
        }
        if areMore { carryOutWaiting() }
        return asked
    }

    private func finish(_ asked: [Asked], _ answers: [InquiryResult], _ error: StoreError?) {
        var isOver = !asked.isEmpty
        switch (error, asked.count) {
        case (nil, _): for (one, answer) in zip(asked, answers) { one.answer(.success(answer)) }
        // The writer never came to them.
        case (let error?, 0):
            let left = taken()
            isOver = !left.isEmpty
            for one in left { one.answer(.failure(error)) }
        case (let error?, 1): asked[0].answer(.failure(error))
        default: for one in asked { carryOut(one) }
        }
        perform(
            waiting.withLock { waiting in
                if isOver { waiting.carriedOut -= 1 }
                return waiting.next(at: .now)
            })
    }

    private func carryOut(_ one: Asked) {
        let result = Mutex<InquiryResult?>(nil)
        writes.run(.question) { transaction in
            let answer = try one.writer.write(in: transaction)
            result.withLock { $0 = answer }
        } finally: { error in
            if let answer = result.withLock({ $0 }) {
                one.answer(error.map { .failure($0) } ?? .success(answer))
            } else if let error {
                one.answer(.failure(error))
            }
        }
    }
}
