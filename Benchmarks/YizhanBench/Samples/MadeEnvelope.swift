import Exchange
import Interchange

/// An envelope as the store would make it of a draft.
struct MadeEnvelope {
    let id: [UInt8]
    let line: [UInt8]

    /// Envelopes of a batch, and rows of a transaction.
    static let groupSize = 1_000

    static func make(of drafts: [Draft]) -> [MadeEnvelope] {
        var generator = SystemRandomNumberGenerator()
        let start = Instant.now()
        return drafts.enumerated().map { place, draft in
            // A later millisecond for each group, as if each had been accepted in turn.
            let id = MessageID(at: start.adding(milliseconds: Int64(place / groupSize)), using: &generator)
            let line = draft.line(id: id, version: 1, salt: (generator.next(), generator.next()))
            return MadeEnvelope(id: id.bytes, line: line)
        }
    }

    static func groups(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: groupSize).map { $0..<min($0 + groupSize, count) }
    }

    /// The contents of batches as they are sent: NDJSON, gzip.
    static func batches(of envelopes: [MadeEnvelope]) throws -> [[UInt8]] {
        try groups(of: envelopes.count).map { group in
            var lines: [UInt8] = []
            for envelope in envelopes[group] {
                lines.append(contentsOf: envelope.line)
                lines.append(0x0A)
            }
            return try Gzip.compress(lines)
        }
    }
}
