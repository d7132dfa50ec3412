import Interchange

/// What of an incoming batch is computed before the writer is asked for.
struct PreparedBatch: Sendable {
    let sealed: Sealed
    /// In line order; nil of an envelope that was refused by the checks.
    let hashes: [EnvelopeHashes?]
    let order: EnvelopeOrder
}

/// The places of a batch's envelopes in order of their ids, in which what is kept of them is written.
struct EnvelopeOrder: Sendable {
    let places: [Int]
    /// Whether two of them have one id.
    let hasTwins: Bool

    init(_ ids: [MessageID]) {
        let places = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
        hasTwins = zip(places, places.dropFirst()).contains { ids[$0] == ids[$1] }
        self.places = places
    }
}

/// What the hashes of one envelope come to.
struct EnvelopeHashes: Sendable {
    /// By which its fact is looked up.
    let record: RecordBits
    let lookup: ShortHash
    let facts: HashedFacts?

    private init(_ record: IncomingRecord, keys: StoreKeys) {
        let lookup = keys.lookupHash(record.subject, arrival: record.reference, record: record.record)
        facts = record.facts.map { HashedFacts($0, of: lookup, keys: keys) }
        self.lookup = lookup
        self.record = record.record.bits
    }

    static func all(of batch: IncomingBatch, keys: StoreKeys) -> [EnvelopeHashes?] {
        batch.envelopes.map { $0.record.map { EnvelopeHashes($0, keys: keys) } }
    }
}
