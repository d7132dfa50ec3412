import AuditLog
import GRDB
import Interchange

extension QueueOperation {
    mutating func retry(_ choice: DeliveryChoice, in transaction: borrowing Transaction) throws -> Retried {
        var count = 0
        switch choice {
        case .ids(let ids):
            for id in try Self.checked(ids) { count += try retry(id, in: transaction) ? 1 : 0 }
        case .peer(let peer):
            for batch in try HeldBatch.all(of: peer, in: .retryable, transaction.database) where batch.due > at {
                try retry(batch, in: transaction)
                count += 1
            }
            for id in try Self.parked(for: peer, after: at, transaction.database) {
                count += try retry(id, in: transaction) ? 1 : 0
            }
            try transaction.database.execute(
                sql: "UPDATE segment SET unreadable = 0 WHERE peer = ? AND unreadable = 1",
                arguments: [Int(peer.number)])
            peers.insert(peer)
        }
        return Retried(deliveries: count, peers: peers)
    }

    /// At most ``StoreLimits/chosenDeliveries``, each once.
    static func checked(_ ids: [MessageID]) throws -> [MessageID] {
        guard ids.count <= StoreLimits.chosenDeliveries else {
            throw StoreError(
                .invalid, "more than \(StoreLimits.chosenDeliveries) deliveries at once", remedy: "name a peer instead")
        }
        var seen: Set<MessageID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    private static func parked(for peer: Province, after now: Instant, _ database: Database) throws -> [MessageID] {
        let find = try RawStatement(
            database, "SELECT envelope FROM exception WHERE peer = ?1 AND state = 'parked' AND due_at > ?2")
        find.bind(1, Int(peer.number))
        find.bind(2, now.milliseconds)
        var ids: [MessageID] = []
        try find.forEachRow { if let id = MessageID(bytes: $0.bytes(0)) { ids.append(id) } }
        return ids
    }

    /// - Returns: false for one that is being sent, or due already.
    private mutating func retry(_ id: MessageID, in transaction: borrowing Transaction) throws -> Bool {
        let database = transaction.database
        if let batch = try HeldBatch.find(id, in: database) {
            switch batch.state {
            case .leased: return false
            case .retryable:
                try retry(batch, in: transaction)
                return true
            case .deadLettered: throw Self.unfit(id, "is a dead letter", "use `yizhan queue replay`")
            case .delivered, .closed: throw Self.unfit(id, "does not wait", "see `yizhan queue show`")
            }
        }
        guard let row = try ExceptionRow.find(id, in: database) else {
            guard let batch = try HeldBatch.open(holding: id, in: database) else {
                throw Self.missing(id, "a delivery that waits for a time")
            }
            return try retry(batch.id, in: transaction)
        }
        switch row.state {
        case .parked:
            let due = try RawStatement(database, "UPDATE exception SET due_at = ?2 WHERE envelope = ?1")
            due.bind(1, id.bytes)
            due.bind(2, at.milliseconds)
            try due.run()
            try enter(.deliveryRetried, object: row.object(keys, in: database), of: row.peer, in: transaction)
            return true
        case .offered:
            guard let batch = try HeldBatch.open(holding: id, in: database) else { return false }
            return try retry(batch.id, in: transaction)
        case .deadLettered: throw Self.unfit(id, "is a dead letter", "use `yizhan queue replay`")
        case .settled: throw Self.unfit(id, "does not wait", "see `yizhan queue show`")
        }
    }

    private mutating func retry(_ batch: HeldBatch, in transaction: borrowing Transaction) throws {
        let due = try RawStatement(
            transaction.database, "UPDATE batch SET due_at = ?2 WHERE id = ?1 AND state = 'retryable'")
        due.bind(1, batch.id.bytes)
        due.bind(2, at.milliseconds)
        try due.run()
        try enter(
            .deliveryRetried, object: batch.digest ?? Digest256(hashing: batch.listing), batch: batch.id,
            of: batch.peer, in: transaction)
    }
}
