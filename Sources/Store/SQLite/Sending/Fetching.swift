import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func sentBatch(_ id: MessageID, to peer: Province) async throws -> SentBatch? {
        try await read { database in
            let find = try RawStatement(
                database, "SELECT encoding, digest, listing, receipt FROM batch WHERE id = ?1 AND peer = ?2")
            find.bind(1, id.bytes)
            find.bind(2, Int(peer.number))
            return try find.first { columns in
                Digest256(columns.bytes(1)).map {
                    SentBatch(
                        id: id, peer: peer, encoding: columns.optionalText(0), digest: $0,
                        envelopes: EnvelopeReference.list(columns.bytes(2)), receipt: columns.optionalBytes(3))
                }
            } ?? nil
        }
    }

    public func takeReceipt(_ settlement: Settlement, nonce: String) async throws -> ReceiptIntake {
        let keys = keys
        let (intake, peers, alerts) = try await writes.run { transaction -> (ReceiptIntake, Set<Province>, [Alert]) in
            let database = transaction.database
            guard try Nonces.spend(nonce, of: settlement.peer, at: settlement.at, in: database) else {
                return (.nonceReplayed, [], [])
            }
            let find = try RawStatement(database, "SELECT receipt FROM batch WHERE id = ?1 AND peer = ?2")
            find.bind(1, settlement.batch.bytes)
            find.bind(2, Int(settlement.peer.number))
            guard let held = try find.first({ $0.optionalBytes(0) }) else { return (.batchUnknown, [], []) }
            if let held { return (held == settlement.receipt ? .again : .other, [], []) }
            var settler = BatchSettler(settlement: settlement, keys: keys)
            let (peers, alerts) = try settler.write(in: transaction)
            return (.taken, peers, alerts)
        }
        announce(alerts)
        announce(peers)
        return intake
    }

    public func waitingEnvelopes() async throws -> Int {
        try await read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT (SELECT COALESCE(SUM(envelopes - taken), 0) FROM segment WHERE taken < envelopes)
                        + (SELECT COALESCE(SUM(envelopes), 0) FROM batch WHERE state = 'leased')
                        + (SELECT COALESCE(SUM(envelopes), 0) FROM batch WHERE state = 'retryable')
                        + (SELECT COUNT(*) FROM exception WHERE state = 'parked' AND reason <> 'parkedReference')
                    """) ?? 0
        }
    }

    public func roomLeft() async throws -> Int64 {
        try await read { database in
            func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
            let pages = try pragma("max_page_count") - pragma("page_count") + pragma("freelist_count")
            return try max(0, pages) * pragma("page_size")
        }
    }
}
