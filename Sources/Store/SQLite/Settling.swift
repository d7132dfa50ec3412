import AuditLog
import Foundation
import GRDB
import Interchange

extension SQLiteStore {
    public func settle(_ settlement: Settlement) async throws {
        let keys = keys
        try await writes.run { transaction in
            try BatchSettler(settlement: settlement, keys: keys).write(in: transaction)
        }
    }
}

/// Carries a verified receipt into the sender's state.
struct BatchSettler {
    let settlement: Settlement
    let keys: StoreKeys

    func write(in transaction: borrowing Transaction) throws {
        let database = transaction.database
        let id = settlement.batch.bytes
        let find = try RawStatement(
            database, "SELECT listing, digest, attempts FROM batch WHERE id = ?1 AND peer = ?2 AND state <> 'delivered'"
        )
        find.bind(1, id)
        find.bind(2, Int(settlement.peer.number))
        guard let batch = try find.first({ ($0.bytes(0), $0.bytes(1), $0.integer(2)) }) else { return }
        let envelopes = EnvelopeReference.list(batch.0)
        guard envelopes.count == settlement.verdicts.count else {
            throw StoreError(.invalid, "a receipt does not answer every envelope", remedy: "report this as a defect")
        }
        try keepExceptions(envelopes, in: transaction)
        try close(in: database)
        try enter(digest: Digest256(batch.1), attempts: Int(batch.2) + 1, in: transaction)
    }

    private func close(in database: Database) throws {
        let close = try RawStatement(
            database,
            """
            UPDATE batch SET state = 'delivered', attempts = attempts + 1, blocked_on = NULL, blocked_since = NULL,
                detail = NULL, receipt = ?2, receipt_signature = ?3, settled_at = ?4 WHERE id = ?1
            """)
        close.bind(1, settlement.batch.bytes)
        close.bind(2, settlement.receipt)
        close.bind(3, settlement.signature)
        close.bind(4, settlement.at.milliseconds)
        try close.run()
        let erase = try RawStatement(database, "DELETE FROM batch_body WHERE batch = ?1")
        erase.bind(1, settlement.batch.bytes)
        try erase.run()
    }

    private func enter(digest: Digest256?, attempts: Int, in transaction: borrowing Transaction) throws {
        let peer = settlement.peer.description
        let gateway = AuditActor(organisation: "gateway")
        try transaction.tail.append(
            Act(
                .deliveryAttempted, actor: gateway, at: settlement.at, batch: settlement.batch, outcome: "answered",
                evidence: digest,
                details: [.peer: peer, .attempt: "\(attempts)", .entries: "\(settlement.verdicts.count)"]), subject: nil
        )
        let settled = settlement.verdicts.count { $0 == .settled }
        try transaction.tail.append(
            Act(
                .receiptReceived, actor: AuditActor(organisation: "urn:yizhan:province:\(peer)"), at: settlement.at,
                batch: settlement.batch, evidence: Digest256(hashing: settlement.receipt),
                details: [.peer: peer, .accepted: "\(settled)", .entries: "\(settlement.verdicts.count)"]), subject: nil
        )
    }

    /// What was parked or refused gets a row of its own; what was an exception before and is settled now, ends.
    private func keepExceptions(_ envelopes: [EnvelopeReference], in transaction: borrowing Transaction) throws {
        let settle = try RawStatement(
            transaction.database,
            "UPDATE exception SET state = 'settled', data_key = NULL, body = zeroblob(0) WHERE envelope = ?1")
        lazy var lines = BatchLines()
        for (place, envelope) in envelopes.enumerated() {
            switch settlement.verdicts[place] {
            case .settled:
                settle.bind(1, envelope.id.bytes)
                try settle.run()
            case .parked:
                let due = settlement.at.adding(milliseconds: StoreLimits.parkedRetryMilliseconds)
                let line = try lines.line(place, of: settlement.batch, in: transaction.database, keys: keys)
                try keep(
                    envelope, line, state: "parked", reason: "parkedReference", codes: [], due: due, in: transaction)
            case .refused(let conflict, let codes):
                let line = try lines.line(place, of: settlement.batch, in: transaction.database, keys: keys)
                try keep(
                    envelope, line, state: "deadLettered", reason: conflict ? "conflict" : "rejected", codes: codes,
                    due: settlement.at, in: transaction)
            }
        }
    }

    private func keep(
        _ envelope: EnvelopeReference, _ line: [UInt8], state: String, reason: String, codes: [String], due: Instant,
        in transaction: borrowing Transaction
    ) throws {
        let sealed = try Sealed(line, as: "exception \(envelope.id)", keys: keys)
        let put = try RawStatement(
            transaction.database,
            """
            INSERT INTO exception(envelope, peer, state, reason, codes, since, due_at, data_key, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT(envelope) DO UPDATE SET state = excluded.state, reason = excluded.reason, codes = excluded.codes,
                due_at = excluded.due_at, data_key = excluded.data_key, body = excluded.body WHERE state <> 'settled'
            """)
        let codes = codes.filter(Self.isCode)
        let key = try sealed.keep(in: transaction.database, at: settlement.at)
        put.bind(1, envelope.id.bytes)
        put.bind(2, Int(settlement.peer.number))
        put.bind(3, state)
        put.bind(4, reason)
        put.bind(5, codes.joined(separator: " "))
        put.bind(6, settlement.at.milliseconds)
        put.bind(7, due.milliseconds)
        put.bind(8, key)
        put.bind(9, sealed.body)
        try put.run()
        guard transaction.database.changesCount == 1 else { return try WrappedKey.erase(key, in: transaction.database) }
        guard state == "deadLettered" else { return }
        var details: AuditDetails = [.peer: settlement.peer.description, .reason: reason]
        if !codes.isEmpty { details[.codes] = codes.prefix(5).joined(separator: ",") }
        try transaction.tail.append(
            Act(
                .deliveryDeadLettered, actor: AuditActor(organisation: "gateway"), at: settlement.at,
                object: envelope.digest, batch: settlement.batch, details: details), subject: nil)
    }
}

extension BatchSettler {
    /// The peer writes its codes: what does not look like one is not kept.
    private static func isCode(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
            && !text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
