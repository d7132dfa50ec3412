import AuditLog
import GRDB
import Interchange

extension SQLiteReading {
    public func evidence(of batch: MessageID) async throws -> [BatchEvidence] {
        try await read { database in
            try EvidenceTables.sent(batch, database) + EvidenceTables.received(batch, database)
        }
    }
}

/// What is kept of a batch beside its settlement, so that it can be shown to others.
enum EvidenceTables {
    fileprivate static func sent(_ batch: MessageID, _ database: Database) throws -> [BatchEvidence] {
        let find = try RawStatement(
            database,
            """
            SELECT peer, digest, receipt, request_signature, receipt_signature, receipt_entry, closed_log
            FROM batch WHERE id = ?1
            """)
        find.bind(1, batch.bytes)
        let found = try find.first { columns -> BatchEvidence? in
            guard let peer = Province(number: Int(columns.integer(0))),
                let digest = Digest256(columns.bytes(1))
            else { return nil }
            // The attempt's entry stands before that of its receipt.
            let entries = columns.optionalInteger(5).map { UInt64(max($0, 1) - 1)...UInt64($0) }
            return BatchEvidence(
                isSent: true, peer: peer, batch: batch, contentDigest: digest, receipt: columns.optionalBytes(2),
                requestSignature: columns.optionalText(3), receiptSignature: columns.optionalText(4),
                entries: entries, closedLog: columns.optionalInteger(6).map(Int.init))
        }
        return [found ?? nil].compactMap { $0 }
    }

    fileprivate static func received(_ batch: MessageID, _ database: Database) throws -> [BatchEvidence] {
        let rows = try RawStatement(
            database,
            """
            SELECT sender, digest, receipt, request_signature, receipt_signature, first_entry, last_entry, closed_log
            FROM received WHERE batch = ?1 ORDER BY sender
            """)
        rows.bind(1, batch.bytes)
        var found: [BatchEvidence] = []
        try rows.forEachRow { columns in
            guard let peer = Province(number: Int(columns.integer(0))),
                let digest = Digest256(columns.bytes(1))
            else { return }
            found.append(
                BatchEvidence(
                    isSent: false, peer: peer, batch: batch, contentDigest: digest,
                    receipt: columns.optionalBytes(2), requestSignature: columns.optionalText(3),
                    receiptSignature: columns.optionalText(4),
                    entries: UInt64(columns.integer(5))...UInt64(columns.integer(6)),
                    closedLog: columns.optionalInteger(7).map(Int.init)))
        }
        return found
    }
}
