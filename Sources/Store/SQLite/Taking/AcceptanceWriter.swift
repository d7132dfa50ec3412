import AuditLog
import GRDB
import Interchange

/// Writes one chunk: records, segments by destination, quarantine, entries.
struct AcceptanceWriter {
    let chunk: IntakeChunk
    let keys: StoreKeys
    private let prepared: PreparedChunk
    private let subjects: Subjects
    private let day: Int32
    private var forms: ActForms
    private var segments: [Province: SegmentInMaking] = [:]
    private var nextSegment: Int64 = 0
    private var peers: Set<Province> = []
    private var result = Acceptance()
    /// New facts by the province that says them.
    private var made: [Province: Int] = [:]
    private var ownLines: OwnLines

    /// - Parameter prepared: of the chunk's drafts; nil to make it here.
    init(chunk: IntakeChunk, prepared: PreparedChunk? = nil, keys: StoreKeys) {
        self.chunk = chunk
        self.keys = keys
        self.prepared = prepared ?? PreparedChunk(hashing: chunk.drafts, at: chunk.at, keys: keys)
        subjects = Subjects(keys: keys)
        day = chunk.at.dayInShanghai.daysSince1970
        forms = ActForms(actor: chunk.actor, at: chunk.at)
        ownLines = OwnLines(keys: keys)
    }

    mutating func write(in transaction: borrowing Transaction) throws -> (Acceptance, Set<Province>) {
        nextSegment = try Self.nextSegment(transaction.database)
        try chunk.drafts.withUnsafeBufferPointer { drafts in
            for place in drafts.indices {
                expect(place + Self.ahead, in: transaction)
                try accept(drafts[place], prepared.hashes(of: place), from: place, in: transaction)
                if place % Self.handedOver == Self.handedOver - 1 { transaction.tail.hashAhead() }
            }
        }
        for row in chunk.refused { try quarantine(row, in: transaction) }
        transaction.tail.hashAhead()
        return try close(in: transaction)
    }

    /// Drafts after which their entries are handed over to be hashed: so few that those of the last are soon waited for.
    private static let handedOver = 256
    /// Drafts that are looked up ahead of their turn.
    private static let ahead = 6

    /// Asks memory for what a draft will be looked up in.
    private func expect(_ place: Int, in transaction: borrowing Transaction) {
        guard place < chunk.drafts.count else { return }
        let lookup = prepared.hashes(of: place).lookup
        transaction.indexes.records.expect(group: chunk.drafts[place].record.bits)
        transaction.indexes.persons.expect(group: lookup)
        transaction.indexes.registrations.expect(group: lookup, isPutOnly: true)
    }

    /// Issues drafts as they are held already, each above a version that a peer holds.
    /// - Returns: peers that have something to send.
    mutating func issueAnew(
        _ drafts: [(Draft, above: Int)], in transaction: borrowing Transaction
    ) throws -> Set<Province> {
        nextSegment = try Self.nextSegment(transaction.database)
        for (draft, above) in drafts {
            let held = try transaction.record(draft.record)
            let version = max(Int(held?.version ?? 0), above) + 1
            try issue(draft, DraftHashes(draft, keys: keys), from: nil, as: version, over: held, in: transaction)
        }
        return try close(in: transaction).1
    }

    private mutating func close(in transaction: borrowing Transaction) throws -> (Acceptance, Set<Province>) {
        for segment in segments.values { try store(segment, in: transaction) }
        for (sender, count) in made { try HeldRecords.add(count, of: sender, in: transaction.database) }
        return (result, peers)
    }

    private mutating func store(_ segment: SegmentInMaking, in transaction: borrowing Transaction) throws {
        try segment.store(prepared, at: chunk.at, keys: keys, in: transaction.database)
        peers.insert(segment.peer)
    }

    private static func nextSegment(_ database: Database) throws -> Int64 {
        try RawStatement(database, "SELECT COALESCE(MAX(id), 0) + 1 FROM segment").first { $0.integer(0) } ?? 1
    }

    /// - Parameter place: of the draft in the chunk; nil for one that follows from another.
    private mutating func accept(
        _ draft: Draft, _ hashes: DraftHashes, from place: Int?, in transaction: borrowing Transaction
    ) throws {
        let held = try transaction.record(draft.record)
        if let held, held.content == hashes.content {
            let pseudonym = try subjects.pseudonym(ofLookup: hashes.lookup, in: transaction, on: day)
            result.unchanged += 1
            return try transaction.tail.append(
                try forms.form(.intakeUnchanged), subject: pseudonym, object: held.digest)
        }
        if held != nil || draft.effect != nil,
            let objection = try StateRules.objection(to: draft.said(over: held), held: held, in: transaction)
        {
            return try bar(draft, from: place, objection, in: transaction)
        }
        let version = Int(held?.version ?? 0) + 1
        let former = held == nil ? try formerHomes(of: draft, in: transaction) : []
        try issue(draft, hashes, from: place, as: version, over: held, in: transaction)
        for record in former { try withdraw(record, in: transaction) }
    }

    private mutating func issue(
        _ draft: Draft, _ hashes: DraftHashes, from place: Int?, as version: Int, over held: RecordEntry?,
        in transaction: borrowing Transaction
    ) throws {
        let written = version == 1 ? place.flatMap { prepared.line(of: $0) } : nil
        let pseudonym = try subjects.pseudonym(
            ofLookup: hashes.lookup, or: written?.name, in: transaction, on: day)
        let (id, digest, payload, index) = try gather(draft, written, place, as: version, in: transaction)
        if let held { try FormerPlaces.add(held, of: draft.record, in: transaction.database) }
        transaction.put(
            RecordEntry(
                sender: draft.from.number, kind: draft.kind, version: UInt32(version), envelope: id, digest: digest,
                content: hashes.content, payload: payload, place: UInt32(index),
                retainUntil: draft.retainUntil.daysSince1970, subject: hashes.lookup, permit: draft.effect?.permit),
            as: draft.record)
        if held == nil { made[draft.from, default: 0] += 1 }
        try register(draft, hashes, formerly: held?.subject, in: transaction)
        try transaction.tail.append(
            try forms.form(.intakeAccepted, purpose: draft.purpose, flags: draft.flags), subject: pseudonym,
            object: digest, nonce: written?.nonce)
        result.new += 1
        switch draft.effect {
        case .retraction(let target, _):
            try TargetEffect.retract(target, of: draft.from, erasingBy: nil, in: transaction)
        case .correction(let target): try TargetEffect.correct(target, in: transaction)
        case .permit, nil: break
        }
    }

    /// Puts the draft's line into its peer's segment.
    private mutating func gather(
        _ draft: Draft, _ written: WrittenLine?, _ place: Int?, as version: Int, in transaction: borrowing Transaction
    ) throws -> (id: MessageID, digest: Digest256, segment: Int64, place: Int) {
        let slice = (place ?? 0) / PreparedSlice.size
        var segment = try takeSegment(for: draft.to, written.map { _ in slice }, in: transaction)
        defer { segments[draft.to] = segment }
        if let written {
            let index = segment.add(written, ofSlice: slice, of: draft)
            return (written.id, written.digest, segment.number, index)
        }
        let id = MessageID(at: chunk.at, random: (transaction.tail.random(), transaction.tail.random()))
        let line = draft.line(id: id, version: version, salt: (transaction.tail.random(), transaction.tail.random()))
        let digest = Digest256(hashing: line)
        return (id, digest, segment.number, segment.add(line, id: id, digest: digest, of: draft))
    }

    /// The peer's segment, out of the dictionary, so that it is not copied; a new one when it has no room.
    /// - Parameter slice: of the line that is to be added, when it was prepared.
    private mutating func takeSegment(
        for peer: Province, _ slice: Int?, in transaction: borrowing Transaction
    ) throws -> SegmentInMaking {
        if let held = segments.removeValue(forKey: peer) {
            let isAtSlicesFront = slice != nil && slice != held.lastSlice
            let frame = isAtSlicesFront ? slice.flatMap { prepared.slices[$0].frames[peer] } : nil
            guard held.lacksRoom(for: frame) else { return held }
            try store(held, in: transaction)
        }
        defer { nextSegment += 1 }
        return SegmentInMaking(number: nextSegment, peer: peer)
    }

    /// Records of the same fact at another home, which are in force: seldom any.
    private func formerHomes(of draft: Draft, in transaction: borrowing Transaction) throws -> [RecordEntry] {
        let records = transaction.indexes.records
        guard draft.kind != .retraction, records.mayHold(group: draft.record.bits) else { return [] }
        var former: [RecordEntry] = []
        try records.forEach(group: draft.record.bits, in: transaction.database) { key, entry in
            let isElsewhere = RecordID(indexKey: key).map { $0 != draft.record } ?? false
            if isElsewhere, entry.sender == draft.from.number, !entry.isRetracted { former.append(entry) }
        }
        return former
    }

    /// A fact whose person now has another home: the same transaction withdraws it at the old one.
    private mutating func withdraw(_ former: RecordEntry, in transaction: borrowing Transaction) throws {
        guard let line = try gatheredLine(of: former) ?? ownLines.line(of: former, in: transaction.database),
            let record = EnvelopeHeader(line: line)?.record,
            let withdrawal = Draft.retraction(
                of: line, ground: .purposeEnded, as: withdrawalID(of: record), at: chunk.at)
        else { return }
        try accept(withdrawal, DraftHashes(withdrawal, keys: keys), from: nil, in: transaction)
    }

    /// The line of a record that this chunk issued, which is in no table yet.
    private func gatheredLine(of entry: RecordEntry) -> [UInt8]? {
        segments.values.first { $0.number == entry.payload }?.line(at: Int(entry.place), of: prepared)
    }

    /// The id of the withdrawal that follows from a record: the same each time.
    private func withdrawalID(of old: RecordID) -> RecordID {
        let (high, low) = keys.contentHash(Array("retraction".utf8) + old.key).words
        return RecordID(home: old.home, register: old.register, high: high, low: low)
    }

    private func register(
        _ draft: Draft, _ hashes: DraftHashes, formerly: ShortHash?, in transaction: borrowing Transaction
    ) throws {
        try Registration.apply(
            Registration.Change(
                kind: draft.kind, record: draft.record, reference: draft.reference, subject: hashes.lookup,
                formerly: formerly, province: draft.record.register, division: draft.division,
                effective: draft.effective, facts: hashes.facts),
            in: transaction)
    }
}

extension AcceptanceWriter {
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
        row.subject = draft.subject
        try quarantine(row, in: transaction)
        result.barred.append(Acceptance.Barred(code: reason.code, isFlagged: !draft.flags.isEmpty))
    }

    private mutating func quarantine(_ row: RefusedRow, in transaction: borrowing Transaction) throws {
        let sealed = try Sealed(
            QuarantineBody.encode(row.cells, raw: row.raw), as: "quarantine \(chunk.run.number) \(row.row)", keys: keys)
        let insert = try RawStatement(
            transaction.database,
            "INSERT INTO quarantine(run, row, reasons, at, data_key, body, person) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        insert.bind(1, chunk.run.number)
        insert.bind(2, row.row)
        insert.bind(3, RefusedRow.Reason.stored(row.reasons))
        insert.bind(4, chunk.at.milliseconds)
        insert.bind(5, try sealed.keep(in: transaction.database, at: chunk.at))
        insert.bind(6, sealed.body)
        let person = row.subject.map(keys.lookupHash)
        if let person { insert.bind(7, person.bytes) } else { insert.bindNull(7) }
        try insert.run()
        // Of the encrypted bytes: a digest of the row itself could be guessed.
        let object = Digest256(hashing: sealed.body)
        let pseudonym = try person.map { try subjects.pseudonym(ofLookup: $0, in: transaction, at: chunk.at) }
        try transaction.tail.append(
            Act(
                .intakeQuarantined, actor: chunk.actor, at: chunk.at, object: object,
                details: row.reasons.isEmpty ? [:] : [.codes: ViolationCode.list(row.reasons.map(\.code))]),
            subject: pseudonym)
        result.quarantined += 1
    }
}

extension Draft {
    /// What the rules on state look at, for the version that would come after the held one.
    func said(over held: RecordEntry?) -> StateRules.Said {
        StateRules.Said(record: record, version: Int(held?.version ?? 0) + 1, sender: from, effect: effect)
    }
}
