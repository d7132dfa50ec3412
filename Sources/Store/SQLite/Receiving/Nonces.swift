import GRDB
import Interchange

/// Used nonces, kept for ``StoreLimits/nonceSeconds``.
enum Nonces {
    /// - Returns: false when the peer used it before.
    static func spend(_ nonce: String, of peer: Province, at now: Instant, in database: Database) throws -> Bool {
        let put = try RawStatement(
            database, "INSERT INTO nonce(peer, nonce, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        put.bind(1, Int(peer.number))
        put.bind(2, nonce)
        put.bind(3, now.milliseconds)
        try put.run()
        guard database.changesCount == 1 else { return false }
        let forget = try RawStatement(database, "DELETE FROM nonce WHERE at < ?1")
        forget.bind(1, now.adding(seconds: -StoreLimits.nonceSeconds).milliseconds)
        try forget.run()
        return true
    }
}
