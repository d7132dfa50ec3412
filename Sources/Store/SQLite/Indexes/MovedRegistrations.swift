import GRDB
import SortedRuns

extension MovedTables {
    /// Carries over the index of registrations, whose entries have become longer: oldest runs first, the newest entries last, so
    /// that what is newer is read over what is older.
    static func moveRegistrations(in database: Database) throws {
        let storage = SQLiteRunStorage(database: database)
        let (old, new) = (StoreIndexes.formerRegistrations, StoreIndexes.shapes[2])
        let runs = try storage.runs(of: old.index)
        for run in runs.filter({ $0.state == .ready }).sorted(by: isOlder) {
            for page in run.pageIDs {
                if let bytes = try storage.page(page) { try append(bytes, of: old, to: new, in: storage) }
            }
        }
        for bytes in try storage.log(of: old.index) { try append(bytes, of: old, to: new, in: storage) }
        for run in runs {
            _ = try storage.dropPages(run.pageIDs, limit: .max)
            try storage.dropRun(run.id)
        }
        try storage.clearLog(of: old.index)
    }

    private static func isOlder(_ left: StoredRun, _ right: StoredRun) -> Bool {
        left.level != right.level ? left.level > right.level : left.id < right.id
    }

    private static func append(
        _ entries: [UInt8], of old: RunShape, to new: RunShape, in storage: SQLiteRunStorage
    ) throws {
        let size = old.keyBytes + 1 + old.valueBytes
        var log: [UInt8] = []
        for start in stride(from: 0, to: entries.count - size + 1, by: size) {
            log += entries[start...start + old.keyBytes]
            let value = Array(entries[start + old.keyBytes + 1..<start + size])
            log += RegistrationEntry(decodingFormer: value).encoded
        }
        if !log.isEmpty { try storage.appendLog(of: new.index, log) }
    }
}
