import AuditLog
import GRDB
import Interchange

extension BatchReceiver {
    /// Applies the envelope at this place of the batch.
    mutating func apply(
        _ envelope: IncomingEnvelope, place: Int, in transaction: borrowing Transaction
    ) throws -> Outcome {
        let outcome = try judge(envelope, place: place, in: transaction)
        guard case .parked = outcome else {
            if parked.mayHold(envelope) { try parked.forget(envelope.id, in: transaction.database) }
            return outcome
        }
        let since = try parked.since(envelope.id, now: batch.receivedAt, in: transaction.database)
        let last = since.adding(seconds: Int64(StoreLimits.parkedDays) * 86_400)
        guard batch.receivedAt >= last else { return .parked }
        try parked.forget(envelope.id, in: transaction.database)
        return .rejected([RefusedRow.Reason(code: .referenceMissing, pointer: envelope.referencePointer, column: nil)])
    }

    private mutating func judge(
        _ envelope: IncomingEnvelope, place: Int, in transaction: borrowing Transaction
    ) throws -> Outcome {
        if let earlier = try answered.find(envelope.id, in: transaction.database) {
            guard earlier.digest == envelope.digest else {
                let held = try envelope.record.flatMap { try transaction.record($0.record) }
                let isIt = held?.digest == earlier.digest
                let version = isIt ? held.map { Int($0.version) } : envelope.record?.version
                return .conflict(Outcome.Held(version: version ?? 1, digest: earlier.digest))
            }
            return .duplicate(earlier: earlier.outcome)
        }
        guard let record = envelope.record else { return .rejected(envelope.violations) }
        guard record.version <= StoreLimits.highestVersion else {
            return .rejected([RefusedRow.Reason(code: .schema, pointer: "/version", column: nil)])
        }
        let held = try transaction.record(record.record)
        if let held {
            guard held.sender == batch.from.number else {
                return .rejected([RefusedRow.Reason(code: .wrongProvince, pointer: "/from", column: nil)])
            }
            let isFinal = held.isRetracted && held.version <= UInt32(record.version) || held.isUnseen
            if held.version == UInt32(record.version), !isFinal {
                guard held.envelope == envelope.id, held.digest == envelope.digest else {
                    return .conflict(held.asOutcome)
                }
                // The answer was lost and the record was not: it is known from the record.
                answered.add(envelope, at: place, .accepted)
                return .duplicate(earlier: .accepted)
            }
            if held.version > UInt32(record.version), !isFinal {
                answered.add(envelope, at: place, .stale)
                return .stale(held.asOutcome)
            }
        }
        let said = StateRules.Said(
            record: record.record, version: record.version, sender: batch.from, effect: record.effect)
        if let objection = try StateRules.objection(to: said, held: held, in: transaction) {
            return .rejected([objection])
        }
        if let reference = record.reference, try transaction.record(reference) == nil { return .parked }
        try put(envelope, record, place: place, over: held, in: transaction)
        answered.add(envelope, at: place, .accepted)
        return .accepted
    }

    private mutating func put(
        _ envelope: IncomingEnvelope, _ record: IncomingRecord, place: Int, over held: RecordEntry?,
        in transaction: borrowing Transaction
    ) throws {
        guard let hashes = prepared.hashes[place] else { return }
        let key = record.record
        transaction.put(
            RecordEntry(
                sender: batch.from.number, kind: record.kind, version: UInt32(record.version),
                envelope: envelope.id, digest: envelope.digest, content: nil, payload: payload,
                place: UInt32(place), retainUntil: record.retainUntil.daysSince1970, subject: hashes.lookup,
                permit: record.effect?.permit), as: key)
        if let held {
            try FormerPlaces.add(held, of: key, in: transaction.database)
        } else {
            made += 1
        }
        if let effect = record.effect { try carryOut(effect, of: envelope, in: transaction) }
        // A later version tells of the same inquiry.
        if let inquiry = record.inquiry, held.map(\.isUnseen) ?? true {
            try report(inquiry, of: envelope, about: hashes.lookup, in: transaction)
        }
        try Registration.apply(
            Registration.Change(
                kind: record.kind, record: key, reference: record.reference,
                subject: hashes.lookup, formerly: held?.subject, province: record.record.register,
                division: record.division,
                effective: record.effective, facts: hashes.facts),
            in: transaction)
    }

    private func carryOut(
        _ effect: EnvelopeEffect, of envelope: IncomingEnvelope, in transaction: borrowing Transaction
    ) throws {
        switch effect {
        case .permit: break
        case .correction(let target): try TargetEffect.correct(target, in: transaction)
        case .retraction(let target, let ground):
            try transaction.tail.append(
                Act(
                    .recordRetracted, actor: sender, at: batch.receivedAt, object: envelope.digest, batch: batch.batch,
                    details: [.peer: batch.from.description]), subject: nil)
            let rewriting = SegmentRewriting(
                because: .retracted(ground.rawValue, by: sender), keys: keys, at: batch.receivedAt)
            try TargetEffect.retract(target, of: batch.from, erasingBy: rewriting, in: transaction)
        }
    }
}
