import GRDB
import Interchange

/// Since when envelopes of a peer wait here for what they refer to. Only that is kept of them: they have no effect, and the
/// sender offers them again.
struct ParkedEnvelopes {
    private let peer: Int
    /// Whether the peer had any when the batch began: nearly always it has none, and nothing is asked for.
    private var hasAny: Bool

    init() { (peer, hasAny) = (0, false) }

    init(of peer: Province, in database: Database) throws {
        self.peer = Int(peer.number)
        let find = try RawStatement(database, "SELECT EXISTS (SELECT 1 FROM parked WHERE sender = ?1)")
        find.bind(1, self.peer)
        hasAny = try find.first { $0.integer(0) } == 1
    }

    /// Whether the envelope may be among them.
    func mayHold(_ envelope: IncomingEnvelope) -> Bool {
        hasAny && (envelope.record == nil || envelope.record?.reference != nil)
    }

    /// When the envelope was first parked; now, if it was not before.
    mutating func since(_ envelope: MessageID, now: Instant, in database: Database) throws -> Instant {
        let put = try RawStatement(
            database, "INSERT INTO parked(sender, envelope, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        put.bind(1, peer)
        put.bind(2, envelope.bytes)
        put.bind(3, now.milliseconds)
        try put.run()
        guard hasAny else {
            hasAny = true
            return now
        }
        let find = try RawStatement(database, "SELECT since FROM parked WHERE sender = ?1 AND envelope = ?2")
        find.bind(1, peer)
        find.bind(2, envelope.bytes)
        return try find.first { Instant(milliseconds: $0.integer(0)) } ?? now
    }

    /// It was applied, or refused.
    func forget(_ envelope: MessageID, in database: Database) throws {
        let forget = try RawStatement(database, "DELETE FROM parked WHERE sender = ?1 AND envelope = ?2")
        forget.bind(1, peer)
        forget.bind(2, envelope.bytes)
        try forget.run()
    }
}

extension IncomingEnvelope {
    /// Where it names what it refers to.
    var referencePointer: String {
        if case .correction? = record?.effect { return "/content/target/record" }
        return "/content/arrivalRecord"
    }
}

extension EnvelopeEffect {
    var permit: PermitStatus? {
        if case .permit(let status) = self { status } else { nil }
    }
}
