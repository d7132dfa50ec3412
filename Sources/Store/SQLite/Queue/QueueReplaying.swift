import AuditLog
import GRDB
import Interchange

extension QueueOperation {
    mutating func replay(_ choice: DeliveryChoice, in transaction: borrowing Transaction) throws -> Int {
        var ids: [MessageID]
        switch choice {
        case .ids(let chosen): ids = try Self.checked(chosen)
        case .peer(let peer):
            ids = try HeldBatch.all(of: peer, in: .deadLettered, transaction.database).map(\.id)
            ids += try ExceptionRow.dead(of: peer, in: transaction.database)
        }
        for id in ids { try replay(id, in: transaction) }
        return ids.count
    }

    mutating func replay(_ id: MessageID, in transaction: borrowing Transaction) throws {
        let database = transaction.database
        if let row = try ExceptionRow.find(id, in: database), row.state == .deadLettered {
            let object = row.object(keys, in: database)
            // An envelope whose content was erased cannot go again.
            _ = try row.line(keys, in: database)
            try row.replay(at: at, in: database)
            return try enter(.deliveryReplayed, object: object, of: row.peer, reason: row.reason, in: transaction)
        }
        guard let batch = try HeldBatch.find(id, in: database), batch.state == .deadLettered else {
            throw try whyNot(id, in: database)
        }
        let free = try RawStatement(
            database,
            """
            UPDATE batch SET state = 'retryable', due_at = ?2, accepted_at = ?2, blocked_on = NULL, blocked_since = NULL
            WHERE id = ?1
            """)
        free.bind(1, id.bytes)
        free.bind(2, at.milliseconds)
        try free.run()
        for envelope in batch.envelopes {
            try enter(
                .deliveryReplayed, object: envelope.digest, batch: id, of: batch.peer, reason: batch.blockedOn,
                in: transaction)
        }
    }

    /// Why an act on dead letters does not fit.
    func whyNot(_ id: MessageID, in database: Database) throws -> StoreError {
        if let batch = try HeldBatch.open(holding: id, in: database), batch.state == .deadLettered {
            return Self.unfit(id, "is in the dead batch \(batch.id)", "name the batch")
        }
        let isKnown = try HeldBatch.find(id, in: database) != nil || ExceptionRow.find(id, in: database) != nil
        return isKnown
            ? Self.unfit(id, "is no dead letter", "see `yizhan queue show`") : Self.missing(id, "a dead letter")
    }
}
