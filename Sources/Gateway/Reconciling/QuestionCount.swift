import Exchange
import Synchronization

/// How many questions a reconciliation has asked: a peer whose answers never agree does not keep it going for ever.
final class QuestionCount: Sendable {
    private let count = Mutex(0)

    /// - Throws: `ReconciliationFailure` `misfit` beyond ``Reconciler/maximumQuestions``.
    func add() throws {
        let isOver = count.withLock { count in
            count += 1
            return count > Reconciler.maximumQuestions
        }
        if isOver { throw ReconciliationFailure.misfit("its answers lead to no end") }
    }
}
