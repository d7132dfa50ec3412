import Interchange
import Store
import Testing

extension Bench {
    var sent: LeafTree { LeafTree(peer: provinces.peer, direction: .sent) }
    var received: LeafTree { LeafTree(peer: provinces.peer, direction: .received) }
    /// The window of everything that is issued at ``noon``.
    var hour: IssueHour { IssueHour(of: noon) }

    func windows(_ tree: LeafTree) async throws -> [LeafWindow] {
        try await store.windows(of: tree, in: hour.advanced(by: -1_000)..<hour.advanced(by: 1_000), limit: 1_000)
    }

    func leaves(_ tree: LeafTree, _ range: LeafRange = .all) async throws -> [Leaf] {
        try await store.leaves(of: tree, in: hour, range: range, limit: 100_000)
    }

    /// Delivers what waits in batches of so many, all accepted.
    @discardableResult
    func deliver(_ numbers: ClosedRange<UInt64>, inBatchesOf envelopes: Int = 1_000) async throws -> [LeasedBatch] {
        try await accept(numbers.map { draft($0) })
        var batches: [LeasedBatch] = []
        while let batch = try await lease(limits: BatchLimits(envelopes: envelopes)) {
            try await settle(batch, batch.envelopes.map { _ in .settled })
            batches.append(batch)
        }
        return batches
    }
}

extension Leaf {
    init(_ envelope: EnvelopeReference, _ outcome: FinalOutcome = .accepted) {
        self.init(id: envelope.id, digest: envelope.digest, outcome: outcome)
    }

    init(_ envelope: Arriving, _ outcome: FinalOutcome = .accepted) {
        self.init(id: envelope.id, digest: envelope.digest, outcome: outcome)
    }
}
