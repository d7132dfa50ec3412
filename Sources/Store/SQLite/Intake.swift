import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func openRun(_ description: RunDescription) async throws -> RunID {
        try await writes.run { transaction in
            try transaction.database.execute(
                sql: "INSERT INTO run(mapping, actor, started_at) VALUES (?, ?, ?)",
                arguments: [description.mapping, description.actor.organisation, description.startedAt.milliseconds])
            return RunID(number: transaction.database.lastInsertedRowID)
        }
    }

    public func closeRun(_ run: RunID, outcome: RunOutcome) async throws {
        guard outcome.rows == outcome.accepted + outcome.flagged + outcome.quarantined else {
            throw StoreError(
                .invalid, "the account of a run does not add up to its \(outcome.rows) rows",
                remedy: "report this as a defect")
        }
        let now = Instant.now()
        try await writes.run { transaction in
            try transaction.database.execute(
                sql: """
                    UPDATE run SET ended_at = ?, rows = ?, accepted = ?, flagged = ?, quarantined = ?, skipped = ?,
                        unchanged = ? WHERE id = ? AND ended_at IS NULL
                    """,
                arguments: [
                    now.milliseconds, outcome.rows, outcome.accepted, outcome.flagged, outcome.quarantined,
                    outcome.skipped, outcome.unchanged, run.number,
                ])
        }
    }

    public func accept(_ chunk: IntakeChunk) async throws -> Acceptance {
        guard chunk.drafts.count + chunk.refused.count <= StoreLimits.rowsPerChunk else {
            throw StoreError(
                .invalid, "a chunk has more than \(StoreLimits.rowsPerChunk) rows", remedy: "hand over smaller chunks")
        }
        let (acceptance, peers) = try await writes.run { [keys] transaction in
            try chunk.checkReconciled(in: transaction.database)
            var writer = AcceptanceWriter(chunk: chunk, keys: keys)
            return try writer.write(in: transaction)
        }
        announce(peers)
        return acceptance
    }
}

extension RefusedRow.Reason {
    /// `CODE pointer column`, a line each: names of fields and columns, never values. A source's column may have a line
    /// break in its name: that becomes a space.
    static func stored(_ reasons: [RefusedRow.Reason]) -> String {
        reasons.map { reason in
            [reason.code.rawValue, reason.pointer, reason.column ?? ""].map { text in
                String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
            }.joined(separator: "\t")
        }.joined(separator: "\n")
    }

    static func reasons(inStored text: String) -> [RefusedRow.Reason] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let code = ViolationCode(rawValue: parts[0]) else { return nil }
            return RefusedRow.Reason(code: code, pointer: parts[1], column: parts[2].isEmpty ? nil : parts[2])
        }
    }

    static func codes(inStored text: String) -> [String] {
        text.split(separator: "\n").compactMap { $0.split(separator: "\t", maxSplits: 1).first.map(String.init) }
    }
}

/// Writes one chunk: records, segments by destination, quarantine, entries.
struct AcceptanceWriter {
    /// Envelopes for one peer on their way into a segment.
    private struct Gathered {
        var payload: Int64
        var lines: [UInt8] = []
        var listing: [UInt8] = []
        var envelopes = 0
        /// The earliest day after which a line of them may not be kept.
        var due = Int32.max
    }

    private let chunk: IntakeChunk
    private let keys: StoreKeys
    private var subjects: Subjects
    private var gathered: [Province: Gathered] = [:]
    private var peers: Set<Province> = []
    private var result = Acceptance()
    /// New facts by the province that says them.
    private var made: [Province: Int] = [:]
    private var lines: OwnLines

    init(chunk: IntakeChunk, keys: StoreKeys) {
        self.chunk = chunk
        self.keys = keys
        subjects = Subjects(keys: keys)
        lines = OwnLines(keys: keys)
    }

    mutating func write(in transaction: borrowing Transaction) throws -> (Acceptance, Set<Province>) {
        var next = try Self.nextSegment(transaction.database)
        for (place, draft) in chunk.drafts.enumerated() {
            try accept(draft, from: place, nextSegment: &next, in: transaction)
        }
        for row in chunk.refused { try quarantine(row, in: transaction) }
        return try close(in: transaction)
    }

    /// Issues drafts as they are held already, each above a version that a peer holds.
    /// - Returns: peers that have something to send.
    mutating func issueAnew(
        _ drafts: [(Draft, above: Int)], in transaction: borrowing Transaction
    ) throws -> Set<Province> {
        var next = try Self.nextSegment(transaction.database)
        for (draft, above) in drafts {
            let key = draft.record.key
            let version = max(Int(try transaction.record(key)?.version ?? 0), above) + 1
            try issue(draft, as: version, over: transaction.record(key), nextSegment: &next, in: transaction)
        }
        return try close(in: transaction).1
    }

    private mutating func close(in transaction: borrowing Transaction) throws -> (Acceptance, Set<Province>) {
        for (peer, segment) in gathered { try store(segment, for: peer, in: transaction) }
        for (sender, count) in made { try HeldRecords.add(count, of: sender, in: transaction.database) }
        return (result, peers.union(gathered.keys))
    }

    /// No segment is larger than this; a batch may hold several, or some of one.
    private static let segmentEnvelopes = 1_000

    private static func nextSegment(_ database: Database) throws -> Int64 {
        try RawStatement(database, "SELECT COALESCE(MAX(id), 0) + 1 FROM segment").first { $0.integer(0) } ?? 1
    }

    /// - Parameter place: of the draft in the chunk; nil for one that follows from another.
    private mutating func accept(
        _ draft: Draft, from place: Int?, nextSegment: inout Int64, in transaction: borrowing Transaction
    ) throws {
        let key = draft.record.key
        let held = try transaction.record(key)
        if let held, held.content == keys.contentHash(draft.fixed) {
            let pseudonym = try subjects.pseudonym(ofLookup: lookup(draft), in: transaction, at: chunk.at)
            result.unchanged += 1
            try transaction.tail.append(
                Act(.intakeUnchanged, actor: chunk.actor, at: chunk.at, object: Digest256(held.digest)),
                subject: pseudonym)
            return
        }
        if held != nil || draft.effect != nil,
            let objection = try StateRules.objection(to: draft.said(over: held), held: held, in: transaction)
        {
            return try bar(draft, from: place, objection, in: transaction)
        }
        try issue(draft, as: Int(held?.version ?? 0) + 1, over: held, nextSegment: &nextSegment, in: transaction)
        guard held == nil, draft.kind != .retraction else { return }
        try leaveOldHome(draft, key: key, nextSegment: &nextSegment, in: transaction)
    }

    /// Of a person without a number, the arrival stands for the person.
    private func lookup(_ draft: Draft) -> [UInt8] {
        keys.lookupHash(draft.subject ?? Array((draft.reference ?? draft.record).description.utf8))
    }

    private mutating func issue(
        _ draft: Draft, as version: Int, over held: RecordEntry?, nextSegment: inout Int64,
        in transaction: borrowing Transaction
    ) throws {
        let content = keys.contentHash(draft.fixed)
        let key = draft.record.key
        let lookup = lookup(draft)
        let pseudonym = try subjects.pseudonym(ofLookup: lookup, in: transaction, at: chunk.at)
        let id = MessageID(at: chunk.at, random: (transaction.tail.random(), transaction.tail.random()))
        let line = draft.line(id: id, version: version, salt: (transaction.tail.random(), transaction.tail.random()))
        let digest = Digest256(hashing: line)
        if let full = gathered[draft.to], full.envelopes == Self.segmentEnvelopes {
            try store(full, for: draft.to, in: transaction)
            gathered[draft.to] = nil
            peers.insert(draft.to)
        }
        if gathered[draft.to] == nil {
            gathered[draft.to] = Gathered(payload: nextSegment)
            nextSegment += 1
        }
        let (payload, place) = gather(line, id: id, digest: digest, draft)
        if let held { try FormerPlaces.add(held, of: key, in: transaction.database) }
        transaction.put(
            RecordEntry(
                sender: draft.from.number, kind: draft.kind, version: UInt32(version), envelope: id.bytes,
                digest: digest.bytes, content: content, payload: payload, place: UInt32(place),
                retainUntil: draft.retainUntil.daysSince1970, subject: lookup, permit: draft.effect?.permit), as: key)
        if held == nil { made[draft.from, default: 0] += 1 }
        try register(draft, key: key, lookup: lookup, formerly: held?.subject, in: transaction)
        try transaction.tail.append(
            Act(
                .intakeAccepted, actor: chunk.actor, at: chunk.at, purpose: draft.purpose, object: digest,
                details: draft.flags.isEmpty ? [:] : [.flags: Self.list(draft.flags)]), subject: pseudonym)
        result.new += 1
        switch draft.effect {
        case .retraction(let target, _):
            try TargetEffect.retract(target, of: draft.from, erasingBy: nil, in: transaction)
        case .correction(let target): try TargetEffect.correct(target, in: transaction)
        case .permit, nil: break
        }
    }

    /// A fact whose person now has another home: the same transaction withdraws it at the old one.
    private mutating func leaveOldHome(
        _ draft: Draft, key: [UInt8], nextSegment: inout Int64, in transaction: borrowing Transaction
    ) throws {
        let homes = transaction.indexes.homes
        let bits = Array(key[2...])
        let before = try homes.value(of: bits, in: SQLiteRunStorage(database: transaction.database))
        homes.put(bits, Array(key[..<2]))
        guard let before, before != Array(key[..<2]), let old = try transaction.record(before + bits),
            old.sender == draft.from.number, !old.isRetracted,
            let line = try gatheredLine(of: old) ?? lines.line(of: old, in: transaction.database),
            let record = EnvelopeHeader(line: line)?.record,
            let withdrawal = Draft.retraction(
                of: line, ground: .purposeEnded, as: withdrawalID(of: record), at: chunk.at)
        else { return }
        try accept(withdrawal, from: nil, nextSegment: &nextSegment, in: transaction)
    }

    /// The line of a record that this chunk issued, which is in no segment yet.
    private func gatheredLine(of entry: RecordEntry) throws -> [UInt8]? {
        guard let segment = gathered.values.first(where: { $0.payload == entry.payload }) else { return nil }
        let lines = segment.lines.split(separator: 0x0A)
        return lines.indices.contains(Int(entry.place)) ? Array(lines[Int(entry.place)]) : nil
    }

    /// The id of the withdrawal that follows from a record: the same each time.
    private func withdrawalID(of old: RecordID) -> RecordID {
        let bits = keys.contentHash(Array("retraction".utf8) + old.key)
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return RecordID(home: old.home, register: old.register, high: word(bits[..<8]), low: word(bits[8...]))
    }

    /// Keeps a row that the mapping passed and the store may not.
    private mutating func bar(
        _ draft: Draft, from place: Int?, _ reason: RefusedRow.Reason, in transaction: borrowing Transaction
    ) throws {
        guard let place, chunk.origins.indices.contains(place) else {
            throw StoreError(
                .invalid, "the record cannot be issued: \(reason.code.rawValue) at \(reason.pointer)",
                remedy: reason.code.text.remedy.english)
        }
        var row = chunk.origins[place]
        row.reasons = [reason]
        if row.raw.isEmpty { row.raw = draft.fixed }
        try quarantine(row, in: transaction)
        result.barred.append(Acceptance.Barred(code: reason.code, isFlagged: !draft.flags.isEmpty))
    }

    private mutating func gather(_ line: [UInt8], id: MessageID, digest: Digest256, _ draft: Draft) -> (Int64, Int) {
        guard var segment = gathered.removeValue(forKey: draft.to) else { return (0, 0) }
        let place = segment.envelopes
        segment.lines.append(contentsOf: line)
        segment.lines.append(0x0A)
        segment.listing.append(id: id, digest: digest)
        segment.envelopes += 1
        segment.due = min(segment.due, draft.retainUntil.daysSince1970)
        gathered[draft.to] = segment
        return (segment.payload, place)
    }

    private func register(
        _ draft: Draft, key: [UInt8], lookup: [UInt8], formerly: [UInt8]?, in transaction: borrowing Transaction
    ) throws {
        try Registration.apply(
            Registration.Change(
                kind: draft.kind, record: key, reference: draft.reference?.key, subject: lookup, formerly: formerly,
                province: draft.record.register, division: draft.division, effective: draft.effective,
                facts: draft.facts.map { HashedFacts($0, of: lookup, keys: keys) }),
            in: transaction)
    }

    private mutating func quarantine(_ row: RefusedRow, in transaction: borrowing Transaction) throws {
        let sealed = try Sealed(
            QuarantineBody.encode(row.cells, raw: row.raw), as: "quarantine \(chunk.run.number) \(row.row)", keys: keys)
        let insert = try RawStatement(
            transaction.database,
            "INSERT INTO quarantine(run, row, reasons, at, data_key, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        insert.bind(1, chunk.run.number)
        insert.bind(2, row.row)
        insert.bind(3, RefusedRow.Reason.stored(row.reasons))
        insert.bind(4, chunk.at.milliseconds)
        insert.bind(5, try sealed.keep(in: transaction.database, at: chunk.at))
        insert.bind(6, sealed.body)
        try insert.run()
        // Of the encrypted bytes: a digest of the row itself could be guessed.
        let object = Digest256(hashing: sealed.body)
        try transaction.tail.append(
            Act(
                .intakeQuarantined, actor: chunk.actor, at: chunk.at, object: object,
                details: row.reasons.isEmpty ? [:] : [.codes: Self.list(row.reasons.map(\.code))]), subject: nil)
        result.quarantined += 1
    }

    /// At most five codes, each once, in one token.
    static func list(_ codes: [ViolationCode]) -> String {
        var seen: [ViolationCode] = []
        for code in codes where !seen.contains(code) && seen.count < 5 { seen.append(code) }
        return seen.map(\.rawValue).joined(separator: ",")
    }

    private func store(_ segment: Gathered, for peer: Province, in transaction: borrowing Transaction) throws {
        let insert = try RawStatement(
            transaction.database,
            "INSERT INTO segment(id, peer, envelopes, bytes, accepted_at) VALUES (?1, ?2, ?3, ?4, ?5)")
        insert.bind(1, segment.payload)
        insert.bind(2, Int(peer.number))
        insert.bind(3, segment.envelopes)
        insert.bind(4, segment.lines.count)
        insert.bind(5, chunk.at.milliseconds)
        try insert.run()
        let sealed = try Sealed(segment.lines, as: "segment \(segment.payload)", keys: keys)
        let body = try RawStatement(
            transaction.database, "INSERT INTO segment_body(id, listing, data_key, body) VALUES (?1, ?2, ?3, ?4)")
        body.bind(1, segment.payload)
        body.bind(2, segment.listing)
        body.bind(3, try sealed.keep(in: transaction.database, at: chunk.at))
        body.bind(4, sealed.body)
        try body.run()
        try DuePayloads.add(PayloadPlace(.segment, segment.payload), on: segment.due, in: transaction.database)
    }
}

/// How many facts of each sender are held.
enum HeldRecords {
    static func add(_ count: Int, of sender: Province, in database: Database) throws {
        let add = try RawStatement(
            database,
            """
            INSERT INTO held(sender, records) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET records = records + excluded.records
            """)
        add.bind(1, Int(sender.number))
        add.bind(2, count)
        try add.run()
    }
}

extension [UInt8] {
    /// Appends the 48 bytes by which a listing names an envelope.
    mutating func append(id: MessageID, digest: Digest256) {
        Swift.withUnsafeBytes(of: id.high.bigEndian) { append(contentsOf: $0) }
        Swift.withUnsafeBytes(of: id.low.bigEndian) { append(contentsOf: $0) }
        digest.append(to: &self)
    }
}

extension EnvelopeReference {
    /// Reads a listing of 48 bytes an envelope.
    static func list(_ listing: [UInt8]) -> [EnvelopeReference] {
        stride(from: 0, to: listing.count - listing.count % 48, by: 48).compactMap { start in
            guard let id = MessageID(bytes: listing[start..<start + 16]),
                let digest = Digest256(listing[start + 16..<start + 48])
            else { return nil }
            return EnvelopeReference(id: id, digest: digest)
        }
    }
}

extension Draft {
    /// What the rules on state look at, for the version that would come after the held one.
    func said(over held: RecordEntry?) -> StateRules.Said {
        StateRules.Said(record: record, version: Int(held?.version ?? 0) + 1, sender: from, effect: effect)
    }
}
