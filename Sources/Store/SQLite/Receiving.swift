import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func receive(_ batch: IncomingBatch) async throws -> Reception {
        let keys = keys
        // Compressed and encrypted before the writer is asked for: its time is what every commit shares.
        let sealed = try Sealed(batch.lines, as: "received \(batch.from) \(batch.batch)", keys: keys)
        return try await writes.run { transaction in
            var receiver = BatchReceiver(batch: batch, sealed: sealed, keys: keys)
            return try receiver.receive(in: transaction)
        }
    }

    public func keepReceipt(
        _ content: [UInt8], signature: String?, from: Province, batch: MessageID, checkpoint: SignedCheckpoint
    ) async throws -> [UInt8] {
        try await writes.run { transaction in
            let find = try RawStatement(
                transaction.database, "SELECT receipt, received_at FROM received WHERE sender = ?1 AND batch = ?2")
            find.bind(1, Int(from.number))
            find.bind(2, batch.bytes)
            guard let held = try find.first({ ($0.optionalBytes(0), $0.integer(1)) }) else {
                throw StoreError(.notFound, "no such batch was received", remedy: "report this as a defect")
            }
            if let first = held.0 { return first }
            try AuditTables.keep(checkpoint, at: Instant(milliseconds: held.1), in: transaction.database)
            let put = try RawStatement(
                transaction.database,
                "UPDATE received SET receipt = ?3, receipt_signature = ?4 WHERE sender = ?1 AND batch = ?2")
            put.bind(1, Int(from.number))
            put.bind(2, batch.bytes)
            put.bind(3, content)
            if let signature { put.bind(4, signature) } else { put.bindNull(4) }
            try put.run()
            return content
        }
    }

    public func spend(nonce: String, of peer: Province, at now: Instant) async throws -> Bool {
        try await writes.run { try Nonces.spend(nonce, of: peer, at: now, in: $0.database) }
    }
}

/// Used nonces, kept for ``StoreLimits/nonceSeconds``.
enum Nonces {
    /// - Returns: false when the peer used it before.
    static func spend(_ nonce: String, of peer: Province, at now: Instant, in database: Database) throws -> Bool {
        let put = try RawStatement(
            database, "INSERT INTO nonce(peer, nonce, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        put.bind(1, Int(peer.number))
        put.bind(2, nonce)
        put.bind(3, now.milliseconds)
        try put.run()
        guard database.changesCount == 1 else { return false }
        let forget = try RawStatement(database, "DELETE FROM nonce WHERE at < ?1")
        forget.bind(1, now.adding(seconds: -StoreLimits.nonceSeconds).milliseconds)
        try forget.run()
        return true
    }
}

/// Applies one incoming batch, envelope by envelope in line order, within one transaction.
struct BatchReceiver {
    let batch: IncomingBatch
    let sealed: Sealed
    let keys: StoreKeys
    private let subjects: Subjects
    private var payload: Int64 = 0
    private var parked = ParkedEnvelopes()

    init(batch: IncomingBatch, sealed: Sealed, keys: StoreKeys) {
        self.batch = batch
        self.sealed = sealed
        self.keys = keys
        subjects = Subjects(keys: keys)
    }

    mutating func receive(in transaction: borrowing Transaction) throws -> Reception {
        let database = transaction.database
        guard try Nonces.spend(batch.nonce, of: batch.from, at: batch.receivedAt, in: database) else {
            return .nonceReplayed
        }
        if let known = try known(in: database) { return known }
        let first = transaction.tail.size
        try keepLines(in: database)
        parked = try ParkedEnvelopes(of: batch.from, in: database)
        var due = Int32.max
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(batch.envelopes.count)
        for (place, envelope) in batch.envelopes.enumerated() {
            let outcome = try apply(envelope, place: place, in: transaction)
            try enter(envelope, outcome, in: transaction)
            outcomes.append(outcome)
            due = min(due, day(until: envelope, outcome))
        }
        try keepLeaves(outcomes, payload: payload, in: database)
        try DuePayloads.add(PayloadPlace(.received, payload), on: due, in: database)
        let stored = StoredOutcomes.encode(outcomes)
        let last = try transaction.tail.append(
            Act(
                .batchReceived, actor: sender, at: batch.receivedAt, batch: batch.batch,
                evidence: Digest256(hashing: stored),
                details: [
                    .peer: batch.from.description, .contentDigest: batch.contentDigest.base64,
                    .entries: "\(outcomes.count)", .accepted: "\(outcomes.count { $0 == .accepted })",
                ]), subject: nil)
        try keep(stored, entries: first...last, in: database)
        return .applied(Reception.Applied(outcomes: outcomes, receivedAt: batch.receivedAt, entries: first...last))
    }

    private var sender: AuditActor { AuditActor(organisation: "urn:yizhan:province:\(batch.from)") }

    private func known(in database: Database) throws -> Reception? {
        let find = try RawStatement(
            database,
            """
            SELECT digest, receipt, outcomes, received_at, first_entry, last_entry FROM received
            WHERE sender = ?1 AND batch = ?2
            """)
        find.bind(1, Int(batch.from.number))
        find.bind(2, batch.batch.bytes)
        return try find.first { columns in
            guard columns.bytes(0) == batch.contentDigest.bytes else { return .reused }
            if let receipt = columns.optionalBytes(1) { return .known(receipt: receipt) }
            return .applied(
                Reception.Applied(
                    outcomes: try StoredOutcomes.decode(columns.bytes(2)),
                    receivedAt: Instant(milliseconds: columns.integer(3)),
                    entries: UInt64(columns.integer(4))...UInt64(columns.integer(5))))
        }
    }

    private mutating func keepLines(in database: Database) throws {
        let key = try sealed.keep(in: database, at: batch.receivedAt)
        let insert = try RawStatement(
            database, "INSERT INTO received_body(sender, batch, data_key, body) VALUES (?1, ?2, ?3, ?4)")
        insert.bind(1, Int(batch.from.number))
        insert.bind(2, batch.batch.bytes)
        insert.bind(3, key)
        insert.bind(4, sealed.body)
        try insert.run()
        payload = database.lastInsertedRowID
    }

    /// The last day on which the envelope's line is kept.
    private func day(until envelope: IncomingEnvelope, _ outcome: Outcome) -> Int32 {
        let until = envelope.record?.retainUntil.daysSince1970 ?? .max
        switch outcome {
        case .accepted, .stale: return until
        default: return min(until, PayloadLines.lastDayWithoutEffect(receivedAt: batch.receivedAt))
        }
    }

    private func keep(_ outcomes: [UInt8], entries: ClosedRange<UInt64>, in database: Database) throws {
        let insert = try RawStatement(
            database,
            """
            INSERT INTO received(sender, batch, digest, received_at, first_entry, last_entry, outcomes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        insert.bind(1, Int(batch.from.number))
        insert.bind(2, batch.batch.bytes)
        insert.bind(3, batch.contentDigest.bytes)
        insert.bind(4, batch.receivedAt.milliseconds)
        insert.bind(5, Int64(entries.lowerBound))
        insert.bind(6, Int64(entries.upperBound))
        insert.bind(7, outcomes)
        try insert.run()
        try EvidenceTables.keep(request: batch.signature, from: batch.from, batch: batch.batch, in: database)
    }

    private mutating func apply(
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

    private func judge(
        _ envelope: IncomingEnvelope, place: Int, in transaction: borrowing Transaction
    ) throws -> Outcome {
        let database = transaction.database
        if let earlier = try answered(envelope.id, in: database) {
            guard earlier.digest == envelope.digest.bytes else {
                return .conflict(
                    Outcome.Held(
                        version: envelope.record?.version ?? 1, digest: Digest256(earlier.digest) ?? envelope.digest))
            }
            return .duplicate(earlier: earlier.outcome)
        }
        guard let record = envelope.record else { return .rejected(envelope.violations) }
        guard record.version <= StoreLimits.highestVersion else {
            return .rejected([RefusedRow.Reason(code: .schema, pointer: "/version", column: nil)])
        }
        let key = record.record
        let held = try transaction.record(key)
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
                try answer(envelope, .accepted, in: database)
                return .duplicate(earlier: .accepted)
            }
            if held.version > UInt32(record.version), !isFinal {
                try answer(envelope, .stale, in: database)
                return .stale(held.asOutcome)
            }
        }
        let said = StateRules.Said(
            record: record.record, version: record.version, sender: batch.from, effect: record.effect)
        if let objection = try StateRules.objection(to: said, held: held, in: transaction) {
            return .rejected([objection])
        }
        if let reference = record.reference, try transaction.record(reference) == nil { return .parked }
        try put(envelope, record, key: key, place: place, over: held, in: transaction)
        try answer(envelope, .accepted, in: database)
        return .accepted
    }

    private func answered(
        _ id: MessageID, in database: Database
    ) throws -> (digest: [UInt8], outcome: Outcome.Earlier)? {
        let find = try RawStatement(
            database, "SELECT digest, outcome FROM answered WHERE sender = ?1 AND envelope = ?2")
        find.bind(1, Int(batch.from.number))
        find.bind(2, id.bytes)
        return try find.first { ($0.bytes(0), $0.integer(1) == 1 ? .accepted : .stale) }
    }

    private func answer(_ envelope: IncomingEnvelope, _ outcome: Outcome.Earlier, in database: Database) throws {
        let insert = try RawStatement(
            database, "INSERT INTO answered(sender, envelope, digest, outcome) VALUES (?1, ?2, ?3, ?4)")
        insert.bind(1, Int(batch.from.number))
        insert.bind(2, envelope.id.bytes)
        insert.bind(3, envelope.digest.bytes)
        insert.bind(4, outcome == .accepted ? 1 : 2)
        try insert.run()
    }

    private func put(
        _ envelope: IncomingEnvelope, _ record: IncomingRecord, key: RecordID, place: Int, over held: RecordEntry?,
        in transaction: borrowing Transaction
    ) throws {
        let lookup = lookup(record)
        transaction.put(
            RecordEntry(
                sender: batch.from.number, kind: record.kind, version: UInt32(record.version),
                envelope: envelope.id, digest: envelope.digest, content: nil, payload: payload,
                place: UInt32(place), retainUntil: record.retainUntil.daysSince1970, subject: lookup,
                permit: record.effect?.permit), as: key)
        if let held {
            try FormerPlaces.add(held, of: key, in: transaction.database)
        } else {
            try HeldRecords.add(1, of: batch.from, in: transaction.database)
        }
        if let effect = record.effect { try carryOut(effect, of: envelope, in: transaction) }
        try Registration.apply(
            Registration.Change(
                kind: record.kind, record: key, reference: record.reference,
                subject: lookup, formerly: held?.subject, province: record.record.register, division: record.division,
                effective: record.effective, facts: record.facts.map { HashedFacts($0, of: lookup, keys: keys) }),
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

    /// Of a person without a number, the arrival stands for the person.
    private func lookup(_ record: IncomingRecord) -> ShortHash {
        keys.lookupHash(record.subject ?? Array((record.reference ?? record.record).description.utf8))
    }

    private mutating func enter(
        _ envelope: IncomingEnvelope, _ outcome: Outcome, in transaction: borrowing Transaction
    ) throws {
        let pseudonym = try envelope.record.map {
            try subjects.pseudonym(ofLookup: lookup($0), in: transaction, at: batch.receivedAt)
        }
        var act = Act(
            outcome.event, actor: sender, at: batch.receivedAt, purpose: envelope.record?.purpose,
            object: envelope.digest, batch: batch.batch)
        if case .rejected(let reasons) = outcome {
            var codes: [String] = []
            for reason in reasons where !codes.contains(reason.code.rawValue) && codes.count < 5 {
                codes.append(reason.code.rawValue)
            }
            if !codes.isEmpty { act.details[.codes] = codes.joined(separator: ",") }
        }
        try transaction.tail.append(act, subject: pseudonym)
    }
}

extension RecordEntry {
    fileprivate var asOutcome: Outcome.Held {
        Outcome.Held(version: Int(version), digest: digest)
    }
}

extension Outcome {
    /// What the audit log calls it.
    var event: AuditEvent {
        switch self {
        case .accepted: .recordApplied
        case .duplicate: .recordDuplicate
        case .stale: .recordStale
        case .parked: .recordParked
        case .rejected: .recordRejected
        case .conflict: .recordConflict
        }
    }
}
