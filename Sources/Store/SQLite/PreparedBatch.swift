import Interchange

/// What of an incoming batch is computed before the writer is asked for.
struct PreparedBatch: Sendable {
    let sealed: Sealed
    /// In line order; nil of an envelope that was refused by the checks.
    let hashes: [EnvelopeHashes?]
}

/// What the hashes of one envelope come to.
struct EnvelopeHashes: Sendable {
    let lookup: ShortHash
    let facts: HashedFacts?

    private init(_ record: IncomingRecord, keys: StoreKeys) {
        // Of a person without a number, the arrival stands for the person.
        let lookup = keys.lookupHash(record.subject ?? Array((record.reference ?? record.record).description.utf8))
        facts = record.facts.map { HashedFacts($0, of: lookup, keys: keys) }
        self.lookup = lookup
    }

    static func all(of batch: IncomingBatch, keys: StoreKeys) -> [EnvelopeHashes?] {
        batch.envelopes.map { $0.record.map { EnvelopeHashes($0, keys: keys) } }
    }
}
