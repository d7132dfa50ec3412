import Synchronization

/// Whether rows that are taken in are new, by the last chunk: then their lines are written before it is known. A guess that fails
/// costs time and nothing else.
final class Novelty: Sendable {
    private let expected = Atomic<Bool>(true)

    var isExpected: Bool { expected.load(ordering: .relaxed) }

    func note(_ acceptance: Acceptance, of drafts: Int) {
        if drafts > 0 { expected.store(acceptance.new * 2 >= drafts, ordering: .relaxed) }
    }
}
