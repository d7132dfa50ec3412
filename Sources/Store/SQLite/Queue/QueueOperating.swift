import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func retry(_ choice: DeliveryChoice, by actor: AuditActor, at now: Instant) async throws -> Retried {
        let retried = try await writes.run { [keys] transaction in
            var operation = QueueOperation(actor: actor, at: now, keys: keys)
            return try operation.retry(choice, in: transaction)
        }
        announce(retried.peers)
        return retried
    }

    public func replay(_ choice: DeliveryChoice, by actor: AuditActor, at now: Instant) async throws -> Int {
        try await operate(by: actor, at: now) { try $0.replay(choice, in: $1) }
    }

    public func cancel(_ id: MessageID, by actor: AuditActor, at now: Instant) async throws -> Int {
        try await operate(by: actor, at: now) { try $0.cancel(id, in: $1) }
    }

    public func discard(
        _ ids: [MessageID], because reason: String, by actor: AuditActor, at now: Instant
    ) async throws -> Int {
        guard AuditDetail.reason.allows(reason) else {
            throw StoreError(
                .invalid, "the reason is not one word of visible ASCII characters without a long number",
                remedy: "give a word such as duplicate")
        }
        return try await operate(by: actor, at: now) { try $0.discard(ids, because: reason, in: $1) }
    }

    public func repair(
        _ envelope: MessageID, with draft: Draft, by actor: AuditActor, at now: Instant
    ) async throws -> MessageID {
        try await operate(by: actor, at: now) { try $0.repair(envelope, with: draft, in: $1) }
    }

    public func deadLetterLine(_ envelope: MessageID) async throws -> [UInt8] {
        try await read { [keys] database in
            if let row = try ExceptionRow.find(envelope, in: database), row.state == .deadLettered {
                return try row.line(keys, in: database)
            }
            guard let batch = try HeldBatch.open(holding: envelope, in: database), batch.state == .deadLettered,
                let place = batch.envelopes.firstIndex(where: { $0.id == envelope })
            else { throw QueueOperation.missing(envelope, "a dead letter") }
            var lines = BatchLines()
            return try lines.line(place, of: batch.id, in: database, keys: keys)
        }
    }

    public func objections(to drafts: [Draft]) async throws -> [RefusedRow.Reason?] {
        try await writes.run { transaction in
            try drafts.map { try StateRules.objection(to: $0, in: transaction) }
        }
    }

    /// Runs an operation; then tells who has something to send, and of alerts.
    private func operate<Value: Sendable>(
        by actor: AuditActor, at now: Instant,
        _ body: @escaping @Sendable (inout QueueOperation, borrowing Transaction) throws -> Value
    ) async throws -> Value {
        let (value, peers, alerts) = try await writes.run { [keys] transaction in
            var operation = QueueOperation(actor: actor, at: now, keys: keys)
            let value = try body(&operation, transaction)
            return (value, operation.peers, try operation.alerts(in: transaction))
        }
        announce(alerts)
        announce(peers)
        return value
    }
}
