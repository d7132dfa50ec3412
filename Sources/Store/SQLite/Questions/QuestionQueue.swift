import Dispatch
import Synchronization

/// Questions on their way to the writer. All that come while it is busy, and while the first of them can wait, share its next
/// savepoint; only when one of them fails is each carried out by itself.
final class QuestionQueue: Sendable {
    /// The most questions that share a savepoint.
    static let mostAtOnce = 256
    /// As soon as so many wait, none waits longer.
    static let enough = 64

    /// A class, so that it is handed on without being copied.
    private final class Asked: Sendable {
        let writer: InquiryWriter
        let answer: @Sendable (Result<InquiryResult, StoreError>) -> Void

        init(_ writer: InquiryWriter, _ answer: @escaping @Sendable (Result<InquiryResult, StoreError>) -> Void) {
            (self.writer, self.answer) = (writer, answer)
        }
    }

    private struct Waiting: Sendable {
        var asked: [Asked] = []
        /// Whether the writer is to come for them.
        var isSubmitted = false

        /// - Returns: true the first time that somebody waits: then the writer is to be told.
        mutating func submit() -> Bool {
            guard !isSubmitted, !asked.isEmpty else { return false }
            isSubmitted = true
            return true
        }
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
        let asked = Asked(InquiryWriter(inquiry, keys: keys), answer)
        let (mustSubmit, isFirst) = waiting.withLock { waiting in
            waiting.asked.append(asked)
            let canWait = inquiry.canWait > .zero && waiting.asked.count < Self.enough
            return (canWait ? false : waiting.submit(), waiting.asked.count == 1)
        }
        if mustSubmit {
            carryOutWaiting()
        } else if isFirst {
            // What comes sooner, and takes them along, leaves this for those that wait by then: they wait less.
            let end = DispatchTime.now() + .nanoseconds(Int(inquiry.canWait / .nanoseconds(1)))
            DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: end) { [self] in
                if waiting.withLock({ $0.submit() }) { carryOutWaiting() }
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
            return (first, waiting.isSubmitted)
        }
        if areMore { carryOutWaiting() }
        return asked
    }

    private func finish(_ asked: [Asked], _ answers: [InquiryResult], _ error: StoreError?) {
        guard let error else {
            for (one, answer) in zip(asked, answers) { one.answer(.success(answer)) }
            return
        }
        switch asked.count {
        // The writer never came to them.
        case 0: for one in taken() { one.answer(.failure(error)) }
        case 1: asked[0].answer(.failure(error))
        default: for one in asked { carryOut(one) }
        }
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
