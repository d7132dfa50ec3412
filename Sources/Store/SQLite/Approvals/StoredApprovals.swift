import AuditLog
import Foundation
import GRDB
import Interchange

extension SQLiteReading {
    public func approvals() async throws -> [Approval] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT subject, form, content, proposer, approver, at FROM approval WHERE ended_at IS NULL
                    ORDER BY subject
                    """
            ).compactMap { row in
                ChangeSubject(row["subject"]).map {
                    Approval(
                        Approvable($0, form: row["form"], content: [UInt8](row["content"] as Data)),
                        proposer: row["proposer"], approver: row["approver"], at: Instant(milliseconds: row["at"]))
                }
            }
        }
    }

    public func proposals() async throws -> [Proposal] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT digest, subject, proposer, at FROM proposal ORDER BY at").compactMap
            {
                row in
                guard let digest = Digest256(row["digest"] as Data), let subject = ChangeSubject(row["subject"]) else {
                    return nil
                }
                return Proposal(
                    digest: digest, subject: subject, proposer: row["proposer"], at: Instant(milliseconds: row["at"]))
            }
        }
    }
}

extension SQLiteStore {
    public func approveFirst(
        _ subjects: [Approvable], entries: [ChangeEntry], at now: Instant
    ) async throws -> Bool {
        try await writes.run { transaction in
            let isFirst = try Int.fetchOne(transaction.database, sql: "SELECT 1 FROM approval LIMIT 1") == nil
            guard isFirst else { return false }
            for subject in subjects { try transaction.insert(subject, proposer: nil, approver: nil, at: now) }
            for entry in entries {
                let digest = subjects.first { $0.subject == entry.subject }?.digest
                try transaction.enter(entry.event, entry, digest, by: AuditActor(organisation: "gateway"), at: now)
            }
            return true
        }
    }

    public func approve(
        _ subject: Approvable, as entry: ChangeEntry, by actor: AuditActor, at now: Instant
    ) async throws -> ApprovalStep {
        let (digest, person) = (subject.digest, actor.organisation)
        return try await writes.run { transaction in
            let proposer = try String.fetchOne(
                transaction.database, sql: "SELECT proposer FROM proposal WHERE digest = ?",
                arguments: [Data(digest.bytes)])
            guard let proposer else {
                try transaction.database.execute(
                    sql: "INSERT INTO proposal(digest, subject, proposer, at) VALUES (?, ?, ?, ?)",
                    arguments: [Data(digest.bytes), subject.subject.description, person, now.milliseconds])
                try transaction.enter(.changeProposed, entry, digest, by: actor, at: now)
                return .proposed
            }
            guard proposer != person else {
                throw StoreError(
                    .invalid, "the same person approved this change before", remedy: "another person approves it")
            }
            try transaction.end(subject.subject, at: now)
            try transaction.insert(subject, proposer: proposer, approver: person, at: now)
            try transaction.enter(.changeApproved, entry, digest, proposer: proposer, by: actor, at: now)
            try transaction.enter(entry.event, entry, digest, by: actor, at: now)
            return .inForce(proposer: proposer)
        }
    }

    public func narrow(_ narrowings: [Narrowing], by actor: AuditActor, at now: Instant) async throws {
        guard !narrowings.isEmpty else { return }
        try await writes.run { transaction in
            for narrowing in narrowings {
                let subject = narrowing.entry.subject
                try transaction.end(subject, at: now)
                if let left = narrowing.left {
                    try transaction.insert(left, proposer: actor.organisation, approver: nil, at: now)
                } else if case .peer(let peer) = subject {
                    try transaction.forgetNotices(of: peer)
                }
                try transaction.enter(
                    narrowing.entry.event, narrowing.entry, narrowing.left?.digest, by: actor, at: now)
            }
        }
    }
}

extension Transaction {
    fileprivate func insert(_ subject: Approvable, proposer: String?, approver: String?, at now: Instant) throws {
        try database.execute(
            sql: """
                INSERT INTO approval(subject, digest, form, content, proposer, approver, at) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                subject.subject.description, Data(subject.digest.bytes), subject.form, Data(subject.content), proposer,
                approver, now.milliseconds,
            ])
    }

    /// What was in force ends, and what was proposed in its place is forgotten.
    fileprivate func end(_ subject: ChangeSubject, at now: Instant) throws {
        try database.execute(
            sql: "UPDATE approval SET ended_at = ? WHERE subject = ? AND ended_at IS NULL",
            arguments: [now.milliseconds, subject.description])
        try database.execute(sql: "DELETE FROM proposal WHERE subject = ?", arguments: [subject.description])
        if case .key(let peer, let id) = subject {
            try database.execute(
                sql: "DELETE FROM pending_key WHERE peer = ? AND key = ?", arguments: [Int(peer.number), id])
        }
    }

    fileprivate func enter(
        _ event: AuditEvent, _ entry: ChangeEntry, _ digest: Digest256?, proposer: String? = nil, by actor: AuditActor,
        at now: Instant
    ) throws {
        var details: AuditDetails = [.change: entry.change, .item: entry.subject.description]
        details[.digest] = digest?.base64
        details[.proposer] = proposer
        switch entry.subject {
        case .peer(let peer): details[.peer] = peer.description
        case .key(let peer, let id):
            details[.peer] = peer.description
            details[.keyId] = id
        case .policy: if event == .policyChanged { details[.policy] = digest?.base64 }
        case .log: break
        }
        try tail.append(Act(event, actor: actor, at: now, details: details), subject: nil)
    }
}
