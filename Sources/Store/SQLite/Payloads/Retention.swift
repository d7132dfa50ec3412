import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func eraseDue(on today: CivilDate, at now: Instant) async throws -> ErasureStep? {
        let keys = keys
        let step = try await writes.run { transaction in
            try DueErasure(today: today.daysSince1970, at: now, keys: keys).step(in: transaction)
        }
        guard let step else { return nil }
        announce(step.alerts)
        announce(step.peers)
        return step.step
    }

    public func eraseRecord(_ record: RecordID, at now: Instant) async throws {
        let keys = keys
        let peers = try await writes.run { transaction in
            try SegmentRewriting(
                because: .retracted("retracted", by: AuditActor(organisation: "gateway")), keys: keys, at: now
            ).erase(record: record, in: transaction)
        }
        announce(peers)
    }

    public func keptLine(of record: RecordID) async throws -> [UInt8]? {
        let keys = keys
        return try await writes.run { transaction in
            guard let entry = try transaction.record(record), let place = PayloadPlace(entry),
                let payload = try PayloadLines.open(place, keys: keys, in: transaction.database),
                payload.lines.indices.contains(Int(entry.place)), !payload.isErased(Int(entry.place))
            else { return nil }
            return payload.lines[Int(entry.place)]
        }
    }

    public func expireQuarantined(since before: Instant, at now: Instant) async throws -> Int {
        let keys = keys
        return try await writes.run { transaction in
            // Rows come in order of time, so that the first that is young enough ends the search.
            let oldest = try RawStatement(
                transaction.database, "SELECT id, at FROM quarantine WHERE state = 'open' ORDER BY id LIMIT ?1")
            oldest.bind(1, StoreLimits.rowsPerStep)
            var due: [QuarantineVerdict] = []
            try oldest.forEachRowWhile { columns in
                guard columns.integer(1) < before.milliseconds else { return false }
                due.append(QuarantineVerdict(id: columns.integer(0), decision: .discarded(reason: "retention")))
                return true
            }
            var writer = QuarantineWriter(actor: AuditActor(organisation: "gateway"), at: now, keys: keys)
            return try writer.settle(due, in: transaction).0.count
        }
    }

    public func forgetNonces(at now: Instant) async throws -> Int {
        try await writes.run { transaction in
            let forget = try RawStatement(
                transaction.database,
                "DELETE FROM nonce WHERE (peer, nonce) IN (SELECT peer, nonce FROM nonce WHERE at < ?1 LIMIT ?2)")
            forget.bind(1, now.adding(seconds: -StoreLimits.nonceSeconds).milliseconds)
            forget.bind(2, StoreLimits.rowsPerStep)
            try forget.run()
            return transaction.database.changesCount
        }
    }

    public func beginForgettingPersons(before day: CivilDate) async throws {
        let last = day.daysSince1970
        try await writes.run { transaction in
            transaction.indexes.persons.condense { $0.lastAct >= last }
        }
    }

    public func continueForgettingPersons() async throws -> Bool {
        try await writes.run { $0.indexes.persons.runs.isCondensing }
    }

    public func lastRetentionDay() async throws -> CivilDate? {
        try await read { database in
            try Meta.text("retention.day", in: database).flatMap { CivilDate($0) }
        }
    }

    public func finishRetention(of day: CivilDate) async throws {
        try await writes.run { try Meta.set("retention.day", day.description, in: $0.database) }
        do {
            try await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // A reader holds on to it; the next day's does it.
        } catch {
            throw StoreError(database: error)
        }
    }
}

/// Facts of the store as a whole.
enum Meta {
    static func text(_ name: String, in database: Database) throws -> String? {
        let find = try RawStatement(database, "SELECT value FROM meta WHERE name = ?1")
        find.bind(1, name)
        return try find.first { $0.text(0) }
    }

    static func set(_ name: String, _ value: String, in database: Database) throws {
        let put = try RawStatement(
            database, "INSERT INTO meta(name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value")
        put.bind(1, name)
        put.bind(2, Array(value.utf8))
        try put.run()
    }

    static func remove(_ name: String, in database: Database) throws {
        let remove = try RawStatement(database, "DELETE FROM meta WHERE name = ?1")
        remove.bind(1, name)
        try remove.run()
    }
}

/// Looks at the payload that fell due first, erases what is due of it, and notes when the next line of it will be.
private struct DueErasure {
    /// Days since 1970.
    let today: Int32
    let at: Instant
    let keys: StoreKeys

    struct Outcome: Sendable {
        var step: ErasureStep
        /// Peers that have something to send again.
        var peers: Set<Province> = []
        var alerts: [Alert] = []
    }

    func step(in transaction: borrowing Transaction) throws -> Outcome? {
        let database = transaction.database
        guard let (place, day) = try DuePayloads.first(before: today, in: database) else { return nil }
        try DuePayloads.remove(place, on: day, in: database)
        let opened: PayloadLines?
        do { opened = try PayloadLines.open(place, keys: keys, in: database) } catch let error as StoreError
            where error.code == .corrupt
        {
            // What does not open keeps nothing else back. It is tried again every day: the key file may be a wrong one.
            try DuePayloads.add(place, on: today, in: database)
            return Outcome(step: ErasureStep(erased: 0, isWhole: false))
        }
        guard var payload = opened else { return Outcome(step: ErasureStep(erased: 0, isWhole: true)) }
        var due: Set<Int> = []
        var next = Int32.max
        let reader = EnvelopeHeadReader()
        for index in payload.lines.indices {
            guard let last = try payload.lastDay(index, reader.head(of: payload.lines[index]), in: database) else {
                continue
            }
            if last < today { due.insert(index) } else { next = min(next, last) }
        }
        let peers = try SegmentRewriting(because: .retention, keys: keys, at: at).erase(
            due, of: &payload, in: transaction)
        try DuePayloads.add(place, on: next, in: database)
        return Outcome(
            step: ErasureStep(erased: due.count, isWhole: next == .max), peers: peers,
            alerts: try due.isEmpty ? [] : alerts(after: place, in: database))
    }

    /// Dead letters may have been among what was erased.
    private func alerts(after place: PayloadPlace, in database: Database) throws -> [Alert] {
        guard place.source == .segment else { return [] }
        let find = try RawStatement(database, "SELECT peer FROM segment WHERE id = ?1")
        find.bind(1, place.id)
        guard let peer = try find.first({ Province(number: Int($0.integer(0))) }) ?? nil else { return [] }
        return try Alerts.countDeadLetters(of: peer, at: at, in: database)
    }
}
