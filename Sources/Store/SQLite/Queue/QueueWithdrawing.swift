import AuditLog
import GRDB
import Interchange

extension QueueOperation {
    mutating func discard(
        _ ids: [MessageID], because reason: String, in transaction: borrowing Transaction
    ) throws -> Int {
        var count = 0
        for id in try Self.checked(ids) {
            if let row = try ExceptionRow.find(id, in: transaction.database), row.state == .deadLettered {
                let object = row.object(keys, in: transaction.database)
                try row.withdraw(as: .discarded, in: transaction.database)
                try enter(.deliveryDiscarded, object: object, of: row.peer, reason: reason, in: transaction)
                count += 1
                continue
            }
            guard let batch = try HeldBatch.find(id, in: transaction.database), batch.state == .deadLettered else {
                throw try whyNot(id, in: transaction.database)
            }
            count += try withdraw(batch, .deliveryDiscarded, as: .discarded, reason, in: transaction)
        }
        return count
    }

    /// Withdraws every envelope of a batch that is not settled.
    private mutating func withdraw(
        _ batch: HeldBatch, _ event: AuditEvent, as withdrawal: ExceptionRow.Withdrawal, _ reason: String? = nil,
        in transaction: borrowing Transaction
    ) throws -> Int {
        try batch.close(at: at, in: transaction.database, keys: keys) { _ in .withdrawn(withdrawal) }
        for envelope in batch.envelopes {
            try enter(
                event, object: envelope.digest, batch: batch.id, of: batch.peer, reason: reason, in: transaction)
        }
        return batch.envelopes.count
    }

    mutating func cancel(_ id: MessageID, in transaction: borrowing Transaction) throws -> Int {
        let database = transaction.database
        if let batch = try HeldBatch.find(id, in: database) {
            try checkCancellable(batch)
            return try withdraw(batch, .deliveryCancelled, as: .cancelled, in: transaction)
        }
        if let row = try ExceptionRow.find(id, in: database), row.state != .offered {
            switch row.state {
            case .deadLettered: throw Self.unfit(id, "is a dead letter", "use `yizhan queue discard`")
            case .settled: throw Self.unfit(id, "does not wait", "see `yizhan queue show`")
            case .parked, .offered: break
            }
            let object = row.object(keys, in: database)
            try row.withdraw(as: .cancelled, in: database)
            try enter(.deliveryCancelled, object: object, of: row.peer, in: transaction)
            return 1
        }
        guard let batch = try batch(waitingWith: id, in: transaction) else { throw Self.missing(id, "a delivery") }
        try checkCancellable(batch)
        try batch.close(at: at, in: database, keys: keys) { envelope in
            envelope.id == id ? .withdrawn(.cancelled) : .again(together: StoreLimits.chosenDeliveries)
        }
        guard let envelope = batch.envelopes.first(where: { $0.id == id }) else { throw Self.missing(id, "a delivery") }
        try enter(.deliveryCancelled, object: envelope.digest, batch: batch.id, of: batch.peer, in: transaction)
        return 1
    }

    private func checkCancellable(_ batch: HeldBatch) throws {
        switch batch.state {
        case .retryable: break
        case .leased where batch.due <= at: break
        case .leased: throw Self.unfit(batch.id, "is being sent", "try again in a moment")
        case .deadLettered: throw Self.unfit(batch.id, "is a dead letter", "use `yizhan queue discard`")
        case .delivered, .closed: throw Self.unfit(batch.id, "does not wait", "see `yizhan queue show`")
        }
    }

    /// The batch that has the envelope; of what is in none, a batch formed of its segment's rest.
    private func batch(waitingWith id: MessageID, in transaction: borrowing Transaction) throws -> HeldBatch? {
        let database = transaction.database
        if let open = try HeldBatch.open(holding: id, in: database) { return open }
        guard let (rest, place) = try SegmentRest.place(of: id, in: database) else { return nil }
        if let sent = try rest.batch(holding: place, in: database) { return sent }
        return try rest.formed(
            at: at, random: (transaction.tail.random(), transaction.tail.random()), in: database)
    }
}
