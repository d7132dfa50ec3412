import GRDB
import SortedRuns

/// Runs and logs of the indexes in tables of the open transaction.
struct SQLiteRunStorage: RunStorage {
    let database: Database

    func page(_ id: Int64) throws -> [UInt8]? {
        let find = try RawStatement(database, "SELECT body FROM index_page WHERE id = ?1")
        find.bind(1, id)
        return try find.first { $0.bytes(0) }
    }

    func putPage(_ id: Int64, _ bytes: [UInt8]) throws {
        let put = try RawStatement(database, "INSERT OR REPLACE INTO index_page(id, body) VALUES (?1, ?2)")
        put.bind(1, id)
        try put.run(lending: bytes, to: 2)
    }

    func dropPages(_ ids: Range<Int64>, limit: Int, isErasing: Bool) throws -> Bool {
        guard !isErasing else { return try dropPages(ids, limit: limit) }
        // Pages that are set free are then not written: they stay as they were until something else takes them.
        try database.execute(sql: "PRAGMA secure_delete = FAST")
        let isDropped = Result { try dropPages(ids, limit: limit) }
        try database.execute(sql: "PRAGMA secure_delete = ON")
        return try isDropped.get()
    }

    /// Pages lie without gaps, and go from the front.
    private func dropPages(_ ids: Range<Int64>, limit: Int) throws -> Bool {
        let find = try RawStatement(
            database, "SELECT id FROM index_page WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1")
        find.bind(1, ids.lowerBound)
        find.bind(2, ids.upperBound)
        guard let first = try find.first({ $0.integer(0) }) else { return true }
        let drop = try RawStatement(database, "DELETE FROM index_page WHERE id >= ?1 AND id < ?2")
        drop.bind(1, first)
        drop.bind(2, min(first + Int64(limit), ids.upperBound))
        try drop.run()
        return database.changesCount < limit
    }

    func putRun(_ run: StoredRun) throws {
        let put = try RawStatement(
            database,
            """
            INSERT OR REPLACE INTO index_run(id, number, level, entries, pages, state, fences, filter)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """)
        put.bind(1, run.id)
        put.bind(2, run.index)
        put.bind(3, run.level)
        put.bind(4, run.entries)
        put.bind(5, run.pages)
        put.bind(6, run.state.rawValue)
        try put.run(lending: run.fences, to: 7, run.filter, to: 8)
    }

    func dropRun(_ id: Int64) throws {
        let drop = try RawStatement(database, "DELETE FROM index_run WHERE id = ?1")
        drop.bind(1, id)
        try drop.run()
    }

    func runs(of index: Int) throws -> [StoredRun] {
        let find = try RawStatement(
            database, "SELECT id, level, entries, pages, state, fences, filter FROM index_run WHERE number = ?1")
        find.bind(1, index)
        var found: [StoredRun] = []
        try find.forEachRow { columns in
            found.append(
                StoredRun(
                    id: columns.integer(0), index: index, level: Int(columns.integer(1)),
                    entries: Int(columns.integer(2)), pages: Int(columns.integer(3)),
                    state: StoredRun.State(rawValue: Int(columns.integer(4))) ?? .retired, fences: columns.bytes(5),
                    filter: columns.bytes(6)))
        }
        return found
    }

    func beginLog(of index: Int, epoch: Int) throws {
        let begin = try RawStatement(database, "INSERT OR REPLACE INTO index_epoch(number, epoch) VALUES (?1, ?2)")
        begin.bind(1, index)
        begin.bind(2, epoch)
        try begin.run()
    }

    func putLog(of index: Int, epoch: Int, place: Int, _ entries: [UInt8]) throws {
        // Of a row of as many bytes SQLite writes the pages over where they are.
        let put = try RawStatement(
            database, "INSERT OR REPLACE INTO index_log(id, number, epoch, body) VALUES (?1, ?2, ?3, ?4)")
        put.bind(1, Int64(index) << 32 | Int64(place))
        put.bind(2, index)
        put.bind(3, epoch)
        try put.run(lending: entries, to: 4)
    }

    func log(of index: Int) throws -> (epoch: Int, entries: [[UInt8]]) {
        let last = try RawStatement(database, "SELECT epoch FROM index_epoch WHERE number = ?1")
        last.bind(1, index)
        let epoch = Int(try last.first { $0.integer(0) } ?? 0)
        let find = try RawStatement(
            database, "SELECT body FROM index_log WHERE id > ?1 AND id < ?2 AND epoch = ?3 ORDER BY id")
        find.bind(1, Int64(index) << 32)
        find.bind(2, Int64(index + 1) << 32)
        find.bind(3, epoch)
        var found: [[UInt8]] = []
        try find.forEachRow { found.append($0.bytes(0)) }
        return (epoch, found)
    }

    func clearLog(of index: Int) throws {
        let clear = try RawStatement(database, "DELETE FROM index_log WHERE id > ?1 AND id < ?2")
        clear.bind(1, Int64(index) << 32)
        clear.bind(2, Int64(index + 1) << 32)
        try clear.run()
    }
}
