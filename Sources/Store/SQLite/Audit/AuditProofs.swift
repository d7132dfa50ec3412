import AuditLog
import GRDB
import Interchange

extension SQLiteReading {
    public func inclusion(of index: UInt64, size: UInt64) async throws -> (leaf: Digest256, path: [Digest256]) {
        try await proof { reader in
            guard index < size else {
                throw AuditError(.proofOutOfRange, "The tree of \(size) leaves has no leaf \(index).")
            }
            return (
                try reader(size).node(height: 0, index: index),
                try MerkleProof.inclusion(of: index, size: size, in: reader(size))
            )
        }
    }

    public func consistency(from old: UInt64, to new: UInt64) async throws -> [Digest256] {
        try await proof { reader in
            old == 0 || old == new ? [] : try MerkleProof.consistency(from: old, to: new, in: reader(new))
        }
    }

    public func root(ofSize size: UInt64) async throws -> Digest256 {
        try await proof { reader in try MerkleProof.root(size: size, in: reader(size)) }
    }

    /// Reads tiles in one view of the store, each once.
    private func proof<Value: Sendable>(
        _ body: @escaping @Sendable (_ reader: (UInt64) -> TileHashReader) throws -> Value
    ) async throws -> Value {
        try await read { database in
            let held = try AuditTables.size(database)
            let cache = TileCache(database)
            do {
                return try body { size in
                    TileHashReader(size: min(size, held)) { try cache.tile(level: $0, index: $1) }
                }
            } catch let error as AuditError where error.code == .proofOutOfRange {
                throw StoreError(
                    .invalid, "the log has \(held) entries: \(error.message)", remedy: "ask for what the log has")
            }
        }
    }
}

/// Tiles as they were read, for the time of one proof.
private final class TileCache {
    private let database: Database
    private var tiles: [TilePath: [UInt8]?] = [:]

    init(_ database: Database) { self.database = database }

    func tile(level: Int, index: UInt64) throws -> [UInt8]? {
        let path = TilePath(.hashes(level: level), index: index)
        if let held = tiles[path] { return held }
        let read = try AuditTables.tile(database, level: level, index: index)
        tiles[path] = .some(read)
        return read
    }
}

extension SQLiteReading {
    public func cosignedCheckpoint(ofAtLeast size: UInt64, cosignatures: Int) async throws -> SignedCheckpoint? {
        try await read { database in
            let find = try RawStatement(
                database,
                """
                SELECT size, root, note FROM checkpoint
                WHERE size >= ?1 AND (SELECT COUNT(*) FROM cosignature WHERE cosignature.size = checkpoint.size) >= ?2
                ORDER BY size DESC LIMIT 1
                """)
            find.bind(1, Int64(size))
            find.bind(2, cosignatures)
            let found = try find.first { columns in
                Digest256(columns.bytes(1)).map {
                    SignedCheckpoint(size: UInt64(columns.integer(0)), root: $0, note: columns.text(2))
                }
            }
            return try found.flatMap { $0 }.map { try AuditTables.cosigned($0, database) }
        }
    }

    public func cosigned(_ checkpoint: SignedCheckpoint) async throws -> SignedCheckpoint {
        try await read { try AuditTables.cosigned(checkpoint, $0) }
    }

    public func firstKeptEntry() async throws -> UInt64 { try await read(AuditTables.firstKept) }

    public func administrativeEntry(
        _ event: AuditEvent, _ detail: AuditDetail, _ value: String
    ) async throws -> StoredEntry? {
        try await read { database in
            let marks = try RawStatement(
                database, "SELECT sequence FROM audit_administrative WHERE event = ?1 ORDER BY sequence DESC")
            marks.bind(1, event.rawValue)
            var sequences: [UInt64] = []
            try marks.forEachRow { sequences.append(UInt64($0.integer(0))) }
            for sequence in sequences {
                guard let bytes = try AuditTables.entry(database, sequence),
                    let entry = try? AuditEntry(decoding: bytes), entry.details[detail] == value
                else { continue }
                return StoredEntry(sequence: sequence, bytes: bytes)
            }
            return nil
        }
    }
}

extension AuditTables {
    /// The checkpoint with the cosignatures that were kept of it, in its note.
    static func cosigned(_ checkpoint: SignedCheckpoint, _ database: Database) throws -> SignedCheckpoint {
        let find = try RawStatement(database, "SELECT line FROM cosignature WHERE size = ?1 ORDER BY witness")
        find.bind(1, Int64(checkpoint.size))
        var whole = checkpoint
        try find.forEachRow { whole.note += $0.text(0) }
        return whole
    }

    /// Entries before this one were archived and removed.
    static func firstKept(_ database: Database) throws -> UInt64 {
        // A reader may meet a store that was not brought up to date yet.
        guard try database.tableExists("audit_archive") else { return 0 }
        let last = try RawStatement(database, "SELECT MAX(until) FROM audit_archive")
        return UInt64(try last.first { $0.integer(0) } ?? 0)
    }

    /// Whether an entry says that entries before this one were archived.
    static func announcesArchive(before end: UInt64, _ database: Database) throws -> Bool {
        let marks = try RawStatement(
            database, "SELECT sequence FROM audit_administrative WHERE event = 'audit.archived' ORDER BY sequence DESC")
        var sequences: [UInt64] = []
        try marks.forEachRow { sequences.append(UInt64($0.integer(0))) }
        return try sequences.contains { sequence in
            guard let bytes = try entry(database, sequence), let entry = try? AuditEntry(decoding: bytes) else {
                return false
            }
            return entry.event == .auditArchived && entry.details[.size] == "\(end)"
        }
    }

    /// One entry's bytes.
    /// - Parameter log: of a closed log, its number.
    static func entry(_ database: Database, _ sequence: UInt64, ofClosed log: Int64? = nil) throws -> [UInt8]? {
        let find = try RawStatement(
            database,
            log == nil
                ? "SELECT first, body, forms FROM audit_entries WHERE first <= ?1 ORDER BY first DESC LIMIT 1"
                : "SELECT first, body, forms FROM closed_entries WHERE log = ?2 AND first <= ?1 ORDER BY first DESC LIMIT 1"
        )
        find.bind(1, Int64(sequence))
        if let log { find.bind(2, log) }
        return try find.first { columns in
            let entries = AuditTables.entries(columns)
            let place = Int(Int64(sequence) - columns.integer(0))
            return place < entries.count ? entries[place] : nil
        } ?? nil
    }
}
