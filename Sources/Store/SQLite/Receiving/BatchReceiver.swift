import AuditLog
import GRDB
import Interchange

/// Applies one incoming batch, envelope by envelope in line order, within one transaction.
struct BatchReceiver {
    let batch: IncomingBatch
    let prepared: PreparedBatch
    let keys: StoreKeys
    let day: Int32
    private let subjects: Subjects
    private var forms: ActForms
    private(set) var payload: Int64 = 0
    var parked = ParkedEnvelopes()
    var answered = AnsweredEnvelopes()
    /// New facts.
    var made = 0

    init(batch: IncomingBatch, prepared: PreparedBatch, keys: StoreKeys) {
        self.batch = batch
        self.prepared = prepared
        self.keys = keys
        subjects = Subjects(keys: keys)
        day = batch.receivedAt.dayInShanghai.daysSince1970
        forms = ActForms(actor: Self.actor(batch.from), at: batch.receivedAt, batch: batch.batch)
    }

    mutating func receive(
        composing composer: ReceiptComposer, in transaction: borrowing Transaction
    ) throws -> Reception {
        let database = transaction.database
        guard try Nonces.spend(batch.nonce, of: batch.from, at: batch.receivedAt, in: database) else {
            return .nonceReplayed
        }
        let came = KnownBatch(from: batch.from, batch: batch.batch)
        if let known = try came.reception(of: batch.contentDigest, in: database) { return known }
        let first = transaction.tail.size
        try keepLines(in: database)
        parked = try ParkedEnvelopes(of: batch.from, in: database)
        answered = try AnsweredEnvelopes(of: batch, prepared.order, in: database)
        var due = Int32.max
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(batch.envelopes.count)
        for (place, envelope) in batch.envelopes.enumerated() {
            expect(place + StoreIndexes.ahead, in: transaction)
            let outcome = try apply(envelope, place: place, in: transaction)
            try enter(envelope, place, outcome, in: transaction)
            outcomes.append(outcome)
            due = min(due, day(until: envelope, outcome))
        }
        try answered.write(of: batch, in: database)
        if made > 0 { try HeldRecords.add(made, of: batch.from, in: database) }
        try keepLeaves(outcomes, payload: payload, in: database)
        try DuePayloads.add(PayloadPlace(.received, payload), on: due, in: database)
        let results = try composer.results(outcomes)
        let last = try transaction.tail.append(
            Act(
                .batchReceived, actor: sender, at: batch.receivedAt, batch: batch.batch,
                evidence: Digest256(hashing: results),
                details: [
                    .peer: batch.from.description, .contentDigest: batch.contentDigest.base64,
                    .entries: "\(outcomes.count)", .accepted: "\(outcomes.count { $0 == .accepted })",
                ]), subject: nil)
        let applied = Reception.Applied(outcomes: outcomes, receivedAt: batch.receivedAt, entries: first...last)
        let receipt = try composer.receipt(results, applied, transaction.tail.size, transaction.tail.root())
        try AuditTables.keep(receipt.checkpoint, at: applied.receivedAt, in: database)
        try keep(applied, receipt, in: database)
        return .applied(applied)
    }

    /// Asks memory for what an envelope will be looked up in.
    private func expect(_ place: Int, in transaction: borrowing Transaction) {
        guard place < prepared.hashes.count, let hashes = prepared.hashes[place] else { return }
        transaction.indexes.expect(record: hashes.record, person: hashes.lookup)
    }

    var sender: AuditActor { Self.actor(batch.from) }

    private static func actor(_ province: Province) -> AuditActor {
        AuditActor(organisation: "urn:yizhan:province:\(province)")
    }

    private mutating func keepLines(in database: Database) throws {
        let key = try prepared.sealed.keep(in: database, at: batch.receivedAt)
        let insert = try RawStatement(
            database, "INSERT INTO received_body(sender, batch, data_key, body) VALUES (?1, ?2, ?3, ?4)")
        insert.bind(1, Int(batch.from.number))
        insert.bind(2, batch.batch.bytes)
        insert.bind(3, key)
        try insert.run(lending: prepared.sealed.body, to: 4)
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

    private func keep(
        _ applied: Reception.Applied, _ receipt: ComposedReceipt, in database: Database
    ) throws {
        let insert = try RawStatement(
            database,
            """
            INSERT INTO received(sender, batch, digest, received_at, first_entry, last_entry, receipt,
                receipt_signature, request_signature)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
        insert.bind(1, Int(batch.from.number))
        insert.bind(2, batch.batch.bytes)
        insert.bind(3, batch.contentDigest.bytes)
        insert.bind(4, batch.receivedAt.milliseconds)
        insert.bind(5, Int64(applied.entries.lowerBound))
        insert.bind(6, Int64(applied.entries.upperBound))
        insert.bind(7, receipt.content)
        insert.bind(8, text: receipt.signature)
        insert.bind(9, text: batch.signature)
        try insert.run()
    }

    /// Enters the inquiry that an access notice tells of.
    func report(
        _ inquiry: StatedInquiry, of envelope: IncomingEnvelope, about lookup: ShortHash,
        in transaction: borrowing Transaction
    ) throws {
        let pseudonym = try subjects.pseudonym(ofLookup: lookup, in: transaction, on: day)
        let reported = ReportedInquiries(peer: batch.from, batch: batch.batch, actor: sender, at: batch.receivedAt)
        try reported.enter(inquiry, of: envelope, about: pseudonym, in: transaction)
    }

    /// Enters what became of an envelope.
    private mutating func enter(
        _ envelope: IncomingEnvelope, _ place: Int, _ outcome: Outcome, in transaction: borrowing Transaction
    ) throws {
        let pseudonym = try prepared.hashes[place].map {
            try subjects.pseudonym(ofLookup: $0.lookup, in: transaction, on: day)
        }
        let purpose = envelope.record?.purpose
        guard case .rejected(let reasons) = outcome else {
            let form = try forms.form(outcome.event, purpose: purpose, hasSubject: pseudonym != nil)
            return try transaction.tail.append(form, subject: pseudonym ?? .zero, object: envelope.digest)
        }
        var act = Act(
            outcome.event, actor: sender, at: batch.receivedAt, purpose: purpose, object: envelope.digest,
            batch: batch.batch)
        if !reasons.isEmpty { act.details[.codes] = ViolationCode.list(reasons.map(\.code)) }
        try transaction.tail.append(act, subject: pseudonym)
    }
}
