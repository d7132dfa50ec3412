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

    init(chunk: IntakeChunk, keys: StoreKeys) {
        self.chunk = chunk
        self.keys = keys
        subjects = Subjects(keys: keys)
    }

    mutating func write(in transaction: borrowing Transaction) throws -> (Acceptance, Set<Province>) {
        var next = try Self.nextSegment(transaction.database)
        for draft in chunk.drafts { try accept(draft, nextSegment: &next, in: transaction) }
        for row in chunk.refused { try quarantine(row, in: transaction) }
        for (peer, segment) in gathered { try store(segment, for: peer, in: transaction) }
        for (sender, count) in made { try HeldRecords.add(count, of: sender, in: transaction.database) }
        return (result, peers.union(gathered.keys))
    }

    /// No segment is larger than this; a batch may hold several, or some of one.
    private static let segmentEnvelopes = 1_000

    private static func nextSegment(_ database: Database) throws -> Int64 {
        try RawStatement(database, "SELECT COALESCE(MAX(id), 0) + 1 FROM segment").first { $0.integer(0) } ?? 1
    }

    private mutating func accept(_ draft: Draft, nextSegment: inout Int64, in transaction: borrowing Transaction) throws
    {
        let content = keys.contentHash(draft.fixed)
        let key = draft.record.key
        let held = try transaction.record(key)
        let lookup = keys.lookupHash(draft.subject ?? Array((draft.reference ?? draft.record).description.utf8))
        let pseudonym = try subjects.pseudonym(ofLookup: lookup, in: transaction, at: chunk.at)
        if let held, held.content == content {
            result.unchanged += 1
            try transaction.tail.append(
                Act(.intakeUnchanged, actor: chunk.actor, at: chunk.at, object: Digest256(held.digest)),
                subject: pseudonym)
            return
        }
        let version = Int(held?.version ?? 0) + 1
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
                retainUntil: draft.retainUntil.daysSince1970, subject: lookup), as: key)
        if held == nil { made[draft.from, default: 0] += 1 }
        try register(draft, key: key, lookup: lookup, formerly: held?.subject, in: transaction)
        try transaction.tail.append(
            Act(
                .intakeAccepted, actor: chunk.actor, at: chunk.at, purpose: draft.purpose, object: digest,
                details: draft.flags.isEmpty ? [:] : [.flags: Self.list(draft.flags)]), subject: pseudonym)
        result.new += 1
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
                province: draft.record.register, division: draft.division, effective: draft.effective),
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
