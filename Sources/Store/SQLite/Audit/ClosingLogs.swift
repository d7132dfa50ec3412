import AuditLog
import Foundation
import GRDB
import Interchange

extension SQLiteStore {
    public func reopenLog(
        _ reopening: LogReopening, by actor: AuditActor, at now: Instant
    ) async throws -> ApprovalStep {
        let change = LogClosing(reopening: reopening, actor: actor, now: now)
        return try await writes.run { try change.approve(in: $0) }
    }
}

/// One person's approval of a new log, and at the second one's the change itself.
private struct LogClosing {
    let reopening: LogReopening
    let actor: AuditActor
    let now: Instant

    func approve(in transaction: borrowing Transaction) throws -> ApprovalStep {
        let database = transaction.database
        try check(transaction.tail)
        let approvable = reopening.approvable
        let row = try Row.fetchOne(
            database, sql: "SELECT proposer, at FROM proposal WHERE digest = ?",
            arguments: [Data(approvable.digest.bytes)])
        guard let row else {
            try database.execute(
                sql: "INSERT INTO proposal(digest, subject, proposer, at) VALUES (?, ?, ?, ?)",
                arguments: [
                    Data(approvable.digest.bytes), approvable.subject.description, actor.organisation,
                    now.milliseconds,
                ])
            return .proposed
        }
        let proposer: String = row["proposer"]
        guard proposer != actor.organisation else {
            throw StoreError(
                .invalid, "the same person approved this change before", remedy: "another person approves it")
        }
        try close(in: database)
        try keep(approvable, proposer: proposer, in: database)
        try open(approvable, proposer: proposer, proposedAt: Instant(milliseconds: row["at"]), transaction.tail)
        return .inForce(proposer: proposer)
    }

    private func check(_ tail: AuditTail) throws {
        guard tail.size == reopening.size, tail.root() == reopening.root else {
            throw StoreError(
                .invalid, "the log has grown since this was looked at",
                remedy: "stop whatever enters in it, and begin again")
        }
    }

    private func close(in database: Database) throws {
        let number = try Int.fetchOne(database, sql: "SELECT COALESCE(MAX(id), 0) + 1 FROM closed_log") ?? 1
        try database.execute(
            sql: """
                INSERT INTO closed_log(id, origin, key, size, root, holder, held, held_size, held_root, opened, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, reopening.closedOrigin, reopening.closed, Int64(reopening.size), Data(reopening.root.bytes),
                reopening.held.holder,
                Data(reopening.held.note), Int64(reopening.held.size), Data(reopening.held.root.bytes),
                reopening.opened, now.milliseconds,
            ])
        for table in Schema.closedTables { try table.close(as: number, in: database) }
        try database.execute(
            sql: "UPDATE batch SET closed_log = ? WHERE closed_log IS NULL AND receipt_entry IS NOT NULL",
            arguments: [number])
        try database.execute(
            sql: "UPDATE received SET closed_log = ? WHERE closed_log IS NULL",
            arguments: [number])
    }

    private func keep(_ approvable: Approvable, proposer: String, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO approval(subject, digest, form, content, proposer, approver, at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                approvable.subject.description, Data(approvable.digest.bytes), approvable.form,
                Data(approvable.content), proposer, actor.organisation, now.milliseconds,
            ])
        try database.execute(sql: "DELETE FROM proposal WHERE subject LIKE 'log:%'")
    }

    private func open(
        _ approvable: Approvable, proposer: String, proposedAt: Instant, _ tail: AuditTail
    ) throws {
        try tail.beginAnew()
        let held = reopening.held
        try tail.append(
            Act(
                .logOpened, actor: AuditActor(organisation: "gateway"), at: now,
                evidence: Digest256(hashing: held.note),
                details: [
                    .origin: reopening.closedOrigin, .size: "\(reopening.size)", .root: reopening.root.base64,
                    .entries: "\(held.size)", .checkpoint: held.root.base64, .peer: held.holder,
                ]), subject: nil)
        let details: AuditDetails = [
            .change: "reopened", .item: approvable.subject.description, .digest: approvable.digest.base64,
        ]
        try tail.append(
            Act(
                .changeProposed, actor: AuditActor(organisation: proposer), at: proposedAt, details: details),
            subject: nil)
        var approved = details
        approved[.proposer] = proposer
        try tail.append(Act(.changeApproved, actor: actor, at: now, details: approved), subject: nil)
    }
}

extension SQLiteReading {
    public func closedLogs() async throws -> [ClosedLog] {
        try await read { database in
            // A reader may meet a store that was not brought up to date yet.
            guard try database.tableExists("closed_log") else { return [] }
            return try Row.fetchAll(database, sql: "SELECT * FROM closed_log ORDER BY id").compactMap(ClosedLog.init)
        }
    }

    public func approvalHistory() async throws -> [Approval] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT subject, form, content, proposer, approver, at FROM approval ORDER BY id"
            ).compactMap { row in
                ChangeSubject(row["subject"]).map {
                    Approval(
                        Approvable($0, form: row["form"], content: [UInt8](row["content"] as Data)),
                        proposer: row["proposer"], approver: row["approver"], at: Instant(milliseconds: row["at"]))
                }
            }
        }
    }
}

extension ClosedLog {
    fileprivate init?(_ row: Row) {
        guard let root = Digest256(row["root"] as Data), let heldRoot = Digest256(row["held_root"] as Data) else {
            return nil
        }
        let held = LogReopening.HeldStatement(
            size: UInt64(row["held_size"] as Int64), root: heldRoot, note: [UInt8](row["held"] as Data),
            holder: row["holder"])
        self.init(
            number: row["id"],
            reopening: LogReopening(
                closed: row["key"], size: UInt64(row["size"] as Int64), root: root, held: held, opened: row["opened"]),
            at: Instant(milliseconds: row["at"]))
    }
}

/// A closed log, read by the same verbs as the one that grows.
public final class ClosedLogReader: SQLiteReading {
    private let queue: DatabaseQueue

    /// - Throws: ``StoreError`` `unavailable`.
    public init(path: String, log number: Int) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            for table in Schema.closedTables { try table.show(number, in: database) }
        }
        do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch {
            throw StoreError(
                .unavailable, "the closed log \(number) of \(path) cannot be read",
                remedy: "check `store.path`")
        }
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await queue.read(body) } catch { throw StoreError(database: error) }
    }
}
