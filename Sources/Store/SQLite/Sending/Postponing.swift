import AuditLog
import Foundation
import GRDB
import Interchange

extension SQLiteStore {
    public func returnLeases() async throws -> Int {
        try await writes.run { transaction in
            // A new process begins with every circuit closed.
            try transaction.database.execute(sql: "DELETE FROM lane")
            try transaction.database.execute(
                sql: "UPDATE batch SET state = 'retryable', due_at = 0 WHERE state = 'leased'")
            return transaction.database.changesCount
        }
    }

    public func postpone(_ batch: MessageID, failure: FailedAttempt) async throws {
        let alerts = try await writes.run { transaction -> [Alert] in
            let database = transaction.database
            try database.execute(
                sql: """
                    UPDATE batch SET attempts = attempts + 1, state = ?, due_at = ?, blocked_on = ?, detail = ?,
                        blocked_since = COALESCE(blocked_since, ?)
                    WHERE id = ? AND state = 'leased'
                    """,
                arguments: [
                    failure.notBefore == nil ? "deadLettered" : "retryable", failure.notBefore?.milliseconds ?? 0,
                    failure.blockedOn, failure.detail, failure.at.milliseconds, Data(batch.bytes),
                ])
            guard database.changesCount == 1 else { return [] }
            let sent = try Row.fetchOne(
                database, sql: "SELECT digest, attempts, envelopes, listing FROM batch WHERE id = ?",
                arguments: [Data(batch.bytes)])
            guard let sent, let digest = Digest256(sent["digest"] as Data) else { return [] }
            if let act = failure.refusal(of: batch) { try transaction.tail.append(act, subject: nil) }
            try transaction.tail.append(
                Act(
                    .deliveryAttempted, actor: AuditActor(organisation: "gateway"), at: failure.at, batch: batch,
                    outcome: failure.blockedOn == "operator" ? "refused" : "failed", evidence: digest,
                    details: [
                        .peer: failure.peer.description, .attempt: "\(sent["attempts"] as Int)",
                        .entries: "\(sent["envelopes"] as Int)", .code: failure.blockedOn,
                    ]), subject: nil)
            guard failure.notBefore == nil else { return [] }
            for envelope in EnvelopeReference.list(Array(sent["listing"] as Data)) {
                try transaction.tail.append(
                    Act(
                        .deliveryDeadLettered, actor: AuditActor(organisation: "gateway"), at: failure.at,
                        object: envelope.digest, batch: batch,
                        details: [.peer: failure.peer.description, .reason: failure.blockedOn]), subject: nil)
            }
            return try Alerts.countDeadLetters(of: failure.peer, at: failure.at, in: database)
        }
        announce(alerts)
    }

    public func reopen(
        _ batch: MessageID, inBatchesOf envelopes: Int, because reason: String, at now: Instant
    ) async throws {
        let keys = keys
        let peers = try await writes.run { transaction in
            try ReopenedBatch(batch: batch, size: envelopes, reason: reason, at: now, keys: keys).write(in: transaction)
        }
        announce(peers)
    }

    public func nextDue(for peer: Province) async throws -> Instant? {
        if try await awaitsReconciliation(with: peer) { return nil }
        return try await read { database in
            let due = try RawStatement(
                database,
                """
                SELECT MIN(due) FROM (
                    SELECT 0 AS due FROM segment WHERE peer = ?1 AND taken < envelopes AND unreadable = 0 LIMIT 1)
                UNION ALL SELECT MIN(due_at) FROM batch WHERE peer = ?1 AND state = 'retryable'
                UNION ALL SELECT MIN(due_at) FROM batch WHERE peer = ?1 AND state = 'leased'
                UNION ALL SELECT MIN(due_at) FROM exception WHERE peer = ?1 AND state = 'parked'
                """)
            due.bind(1, Int(peer.number))
            var earliest: Int64?
            try due.forEachRow { columns in
                if let time = columns.optionalInteger(0) { earliest = min(earliest ?? time, time) }
            }
            return earliest.map(Instant.init(milliseconds:))
        }
    }
}
