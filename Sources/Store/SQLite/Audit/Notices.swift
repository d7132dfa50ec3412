import AuditLog
import GRDB
import Interchange

/// What home provinces are still to be told of.
enum NoticeTable {
    static func keep(_ sealed: Sealed, _ id: MessageID, at now: Instant, due: Instant, in database: Database) throws {
        let key = try sealed.keep(in: database, at: now)
        let insert = try RawStatement(
            database,
            "INSERT INTO access_notice(id, due_at, data_key, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
        insert.bind(1, id.bytes)
        insert.bind(2, due.milliseconds)
        insert.bind(3, key)
        insert.bind(4, sealed.body)
        try insert.run()
        if database.changesCount == 0 { try WrappedKey.erase(key, in: database) }
    }

    /// - Returns: whether it was there.
    static func drop(_ id: MessageID, in database: Database) throws -> Bool {
        let drop = try RawStatement(database, "DELETE FROM access_notice WHERE id = ?1")
        drop.bind(1, id.bytes)
        try drop.run()
        return database.changesCount == 1
    }
}

extension SQLiteStore {
    public func dueNotices(at now: Instant, limit: Int) async throws -> [PendingNotice] {
        let keys = keys
        return try await read { database in
            let find = try RawStatement(
                database,
                "SELECT id, due_at, data_key, body FROM access_notice WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2")
            find.bind(1, now.milliseconds)
            find.bind(2, limit)
            var found: [PendingNotice] = []
            try find.forEachRow { columns in
                guard let id = MessageID(bytes: columns.bytes(0)[...]) else { return }
                let stored = StoredBody(key: columns.integer(2), body: columns.bytes(3))
                found.append(
                    PendingNotice(
                        id: id, content: try stored.open(as: "notice \(id)", keys: keys, in: database),
                        due: Instant(milliseconds: columns.integer(1))))
            }
            return found
        }
    }

    public func issue(_ notice: PendingNotice, as draft: Draft, entry: Act) async throws {
        let peers = try await writes.run { [keys] transaction -> Set<Province> in
            guard try NoticeTable.drop(notice.id, in: transaction.database) else { return [] }
            let chunk = IntakeChunk(
                run: RunID(number: 0), actor: AuditActor(organisation: "gateway"), drafts: [draft], refused: [],
                at: entry.at)
            var writer = AcceptanceWriter(chunk: chunk, keys: keys)
            let peers = try writer.write(in: transaction).1
            var act = entry
            act.object = try transaction.record(draft.record)?.digest
            let subjects = Subjects(keys: keys)
            let pseudonym = try draft.subject.map { try subjects.pseudonym(of: $0, in: transaction, at: entry.at) }
            try transaction.tail.append(act, subject: pseudonym)
            return peers
        }
        announce(peers)
    }

    public func dropNotice(_ id: MessageID) async throws {
        try await writes.run { _ = try NoticeTable.drop(id, in: $0.database) }
    }
}
