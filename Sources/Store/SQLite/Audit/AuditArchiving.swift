import AuditLog
import Crypto
import GRDB
import Interchange

extension SQLiteReading {
    public func archivableEnd(olderThan oldest: Instant, witnesses: Int) async throws -> UInt64 {
        guard let witnessed = try await cosignedCheckpoint(ofAtLeast: 0, cosignatures: witnesses) else {
            return try await firstKeptEntry()
        }
        return try await read { database in
            let first = try AuditTables.firstKept(database)
            let size = try AuditTables.size(database)
            var end = first
            let rows = try RawStatement(database, "SELECT first, body, forms FROM audit_entries ORDER BY first")
            try rows.forEachRowWhile { columns in
                for bytes in AuditTables.entries(columns) {
                    guard let entry = try? AuditEntry(decoding: bytes), entry.time < oldest.milliseconds else {
                        return false
                    }
                    end += 1
                }
                return end < witnessed.size
            }
            // One entry stays, from which the next sequence is known.
            end = min(end, witnessed.size, size > 0 ? size - 1 : 0)
            return max(first, end - end % UInt64(TilePath.fullWidth))
        }
    }
}

extension SQLiteStore {
    public func removeEntries(
        before end: UInt64, archivedAs digest: Digest256, witnesses: Int, olderThan oldest: Instant,
        by actor: AuditActor, at now: Instant
    ) async throws {
        guard try await end <= archivableEnd(olderThan: oldest, witnesses: witnesses) else {
            throw StoreError(
                .invalid, "entries before \(end) are not all old enough and under a witnessed checkpoint",
                remedy: "archive up to what `yizhan audit archive` says")
        }
        try await writes.run { transaction in
            try EntryRemoval(end: end, digest: digest, actor: actor, now: now).perform(in: transaction)
        }
    }
}

/// Removes archived entries, all or none.
private struct EntryRemoval {
    let end: UInt64
    let digest: Digest256
    let actor: AuditActor
    let now: Instant

    func perform(in transaction: borrowing Transaction) throws {
        let database = transaction.database
        let first = try AuditTables.firstKept(database)
        guard first < end else {
            throw StoreError(.invalid, "entries before \(first) are archived already", remedy: "nothing is left to do")
        }
        guard let rest = try check(from: first, database) else {
            throw StoreError(
                .invalid, "the archive file does not hold the entries that the store holds",
                remedy: "run `yizhan audit verify`, then archive again")
        }
        try remove(rest, database)
        try keep(first, database)
        try transaction.tail.append(
            Act(
                .auditArchived, actor: actor, at: now, evidence: digest,
                details: [.size: "\(end)", .from: "\(first)", .entries: "\(end - first)"]), subject: nil)
    }

    /// What of the last row stays, if the rows hold what was archived.
    private func check(from first: UInt64, _ database: Database) throws -> [[UInt8]]? {
        let rows = try RawStatement(
            database, "SELECT first, body, forms FROM audit_entries WHERE first < ?1 ORDER BY first")
        rows.bind(1, Int64(end))
        var hash = SHA256()
        var next = first
        var rest: [[UInt8]] = []
        try rows.forEachRow { columns in
            for bytes in AuditTables.entries(columns) {
                if next < end {
                    var bundle: [UInt8] = []
                    try EntryBundle.append(bytes, to: &bundle)
                    hash.update(data: bundle)
                } else {
                    rest.append(bytes)
                }
                next += 1
            }
        }
        let found = Digest256(Array(hash.finalize()))
        return found == digest && next >= end ? rest : nil
    }

    private func remove(_ rest: [[UInt8]], _ database: Database) throws {
        let remove = try RawStatement(database, "DELETE FROM audit_entries WHERE first < ?1")
        remove.bind(1, Int64(end))
        try remove.run()
        guard !rest.isEmpty else { return }
        var packed = PackedEntries()
        for entry in rest { try packed.append(entry) }
        try AuditTables.put(packed, first: Int64(end), count: rest.count, in: database)
    }

    private func keep(_ first: UInt64, _ database: Database) throws {
        let put = try RawStatement(
            database, "INSERT INTO audit_archive(first, until, digest, at) VALUES (?1, ?2, ?3, ?4)")
        put.bind(1, Int64(first))
        put.bind(2, Int64(end))
        put.bind(3, digest.bytes)
        put.bind(4, now.milliseconds)
        try put.run()
    }
}
