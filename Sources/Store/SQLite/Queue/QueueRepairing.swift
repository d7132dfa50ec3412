import AuditLog
import GRDB
import Interchange

extension QueueOperation {
    mutating func repair(
        _ id: MessageID, with draft: Draft, in transaction: borrowing Transaction
    ) throws -> MessageID {
        let database = transaction.database
        if let batch = try HeldBatch.open(holding: id, in: database), batch.state == .deadLettered {
            // The others stay dead letters, each by itself.
            try batch.close(at: at, in: database, keys: keys) { _ in .dead(reason: batch.blockedOn ?? "tooOld") }
        }
        guard let row = try ExceptionRow.find(id, in: database), row.state == .deadLettered else {
            throw try whyNot(id, in: database)
        }
        let key = draft.record
        guard EnvelopeHeader(line: try row.line(keys, in: database))?.record == draft.record else {
            throw Self.unfit(id, "is about another record", "report this as a defect")
        }
        guard try transaction.record(key)?.envelope == id else {
            throw Self.unfit(
                id, "is not the newest version of its record: a later one was issued", "use `yizhan queue discard`")
        }
        var writer = AcceptanceWriter(
            chunk: IntakeChunk(run: RunID(number: 0), actor: actor, drafts: [draft], refused: [], at: at), keys: keys)
        let (acceptance, peers) = try writer.write(in: transaction)
        guard acceptance.new == 1, let envelope = try transaction.record(key)?.envelope
        else { throw Self.unfit(id, "would say the same as before", "change a value, or use `yizhan queue replay`") }
        let object = row.object(keys, in: database)
        try row.withdraw(as: .superseded, in: database)
        self.peers.formUnion(peers)
        try enter(.deliveryRepaired, object: object, of: row.peer, reason: row.reason, in: transaction)
        return envelope
    }
}
