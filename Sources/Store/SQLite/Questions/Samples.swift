import AuditLog
import GRDB
import Interchange

/// Questions that were drawn for a supervisor.
enum SampleTable {
    /// - Parameter act: the question's entry, with its id among the details.
    static func keep(_ act: Act, in transaction: borrowing Transaction) throws {
        guard let text = act.details[.queryId], let id = MessageID(text) else { return }
        let insert = try RawStatement(
            transaction.database,
            """
            INSERT INTO question_sample(id, at, organisation, officer, question, purpose, case_reference, legal_basis)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING
            """)
        insert.bind(1, id.bytes)
        insert.bind(2, act.at.milliseconds)
        insert.bind(3, act.actor.organisation)
        if let person = act.actor.person { insert.bind(4, person) } else { insert.bindNull(4) }
        insert.bind(5, act.details[.question] ?? "")
        insert.bind(6, act.purpose?.rawValue ?? "")
        if let reference = act.caseReference { insert.bind(7, reference) } else { insert.bindNull(7) }
        insert.bind(8, act.details[.legalBasis] ?? "")
        try insert.run()
        var drawn = Act(
            .questionSampled, actor: AuditActor(organisation: "gateway"), at: act.at, details: [.queryId: text])
        drawn.details[.bureau] = act.details[.bureau]
        try transaction.tail.append(drawn, subject: nil)
    }
}

extension SQLiteReading {
    public func samples(waitingOnly: Bool, limit: Int) async throws -> [SampledQuestion] {
        try await read { database in
            let find = try RawStatement(
                database,
                """
                SELECT id, at, organisation, officer, question, purpose, case_reference, legal_basis, justified
                FROM question_sample WHERE justified IS NULL OR ?1 = 0 ORDER BY at, id LIMIT ?2
                """)
            find.bind(1, waitingOnly ? 1 : 0)
            find.bind(2, limit)
            var found: [SampledQuestion] = []
            try find.forEachRow { columns in
                guard let id = MessageID(bytes: columns.bytes(0)[...]) else { return }
                found.append(
                    SampledQuestion(
                        id: id, at: Instant(milliseconds: columns.integer(1)), organisation: columns.text(2),
                        officer: columns.optionalText(3), question: columns.text(4), purpose: columns.text(5),
                        caseReference: columns.optionalText(6), legalBasis: columns.text(7),
                        isJustified: columns.optionalInteger(8).map { $0 == 1 }))
            }
            return found
        }
    }
}

extension SQLiteStore {
    public func judge(sample: MessageID, isJustified: Bool, by actor: AuditActor, at now: Instant) async throws {
        try await writes.run { transaction in
            let put = try RawStatement(
                transaction.database,
                "UPDATE question_sample SET justified = ?2, judged_at = ?3 WHERE id = ?1 AND justified IS NULL")
            put.bind(1, sample.bytes)
            put.bind(2, isJustified ? 1 : 0)
            put.bind(3, now.milliseconds)
            try put.run()
            guard transaction.database.changesCount == 1 else {
                throw StoreError(
                    .notFound, "no drawn question with this id waits for a judgement",
                    remedy: "see `yizhan policy samples`")
            }
            try transaction.tail.append(
                Act(
                    .questionJustified, actor: actor, at: now, outcome: isJustified ? "justified" : "unjustified",
                    details: [.queryId: sample.description]), subject: nil)
        }
    }

    public func protect(_ subject: [UInt8], isProtected: Bool, by actor: AuditActor, at now: Instant) async throws {
        try await writes.run { [keys] transaction in
            let lookup = keys.lookupHash(subject)
            let key = RegistrationKey(subject: lookup, record: nil)
            if isProtected {
                var entry = RegistrationEntry(province: 0, division: nil, since: nil, until: nil)
                entry.fact = .protection
                transaction.indexes.registrations.put(key, entry)
            } else {
                transaction.indexes.registrations.remove(key)
            }
            let subjects = Subjects(keys: keys)
            let pseudonym = try subjects.pseudonym(ofLookup: lookup, in: transaction, at: now)
            try transaction.tail.append(
                Act(
                    .policyChanged, actor: actor, at: now,
                    details: [.change: isProtected ? "protected" : "unprotected"]), subject: pseudonym)
        }
    }
}
