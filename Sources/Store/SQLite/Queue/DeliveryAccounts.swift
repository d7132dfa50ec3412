import AuditLog
import GRDB
import Interchange

/// What was issued and what was answered, envelope by envelope: for checks from outside that nothing was lost on the way.
extension SQLiteReading {
    /// Every envelope that intake made for the peer and whose listing is held, in the order of acceptance.
    public func issuedEnvelopes(to peer: Province) async throws -> [EnvelopeReference] {
        try await read { database in
            let find = try RawStatement(
                database,
                """
                SELECT listing FROM segment_body JOIN segment ON segment.id = segment_body.id
                WHERE peer = ?1 ORDER BY segment_body.id
                """)
            find.bind(1, Int(peer.number))
            var found: [EnvelopeReference] = []
            try find.forEachRow { found += EnvelopeReference.list($0.bytes(0)) }
            return found
        }
    }

    /// Every envelope of the sender that had an effect here, in the order of its id.
    public func answeredEnvelopes(from sender: Province) async throws -> [EnvelopeReference] {
        try await read { database in
            let find = try RawStatement(
                database, "SELECT envelope, digest FROM answered WHERE sender = ?1 ORDER BY envelope")
            find.bind(1, Int(sender.number))
            var found: [EnvelopeReference] = []
            try find.forEachRow { columns in
                guard let id = MessageID(bytes: columns.bytes(0)), let digest = Digest256(columns.bytes(1)) else {
                    return
                }
                found.append(EnvelopeReference(id: id, digest: digest))
            }
            return found
        }
    }
}
