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
    /// The one that was added to last: neighbouring rows mostly go to one peer.
    private var segment: SegmentInMaking?
    private var nextSegment: Int64 = 0
    private var peers: Set<Province> = []
    private var result = Acceptance()
    /// New facts by the number of the province that says them.
    private var made = [Int](repeating: 0, count: 100)
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
        for place in 0..<chunk.drafts.count {
            expect(place + StoreIndexes.ahead, in: transaction)
            try accept(prepared[place], from: .chunk(place), in: transaction)
            if place % Self.handedOver == Self.handedOver - 1 { transaction.tail.hashAhead() }
        }
        for row in chunk.refused { try quarantine(row, in: transaction) }
        transaction.tail.hashAhead()
        return try close(in: transaction)
    }

    /// Drafts after which their entries are handed over to be hashed: so few that those of the last are soon waited for.
    private static let handedOver = 256

    /// Where a draft is, beside what was prepared of it.
    private enum Origin {
        /// Its place in the chunk.
        case chunk(Int)
        /// It follows from another, or was held already.
        case made(Draft)

        /// Its place in the chunk.
        var place: Int? { if case .chunk(let place) = self { place } else { nil } }
    }

    private func draft(at origin: Origin) -> Draft {
        switch origin {
        case .chunk(let place): chunk.drafts[place]
        case .made(let draft): draft
        }
    }

    /// Asks memory for what a draft will be looked up in.
    private func expect(_ place: Int, in transaction: borrowing Transaction) {
        guard place < chunk.drafts.count else { return }
        let (record, person) = prepared.keys(of: place)
        transaction.indexes.expect(record: record, person: person)
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
            try issue(
                PreparedDraft(draft, keys: keys), from: .made(draft), as: version, over: held, in: transaction)
        }
        return try close(in: transaction).1
    }

    private mutating func close(in transaction: borrowing Transaction) throws -> (Acceptance, Set<Province>) {
        for segment in segments.values { try store(segment, in: transaction) }
        for (number, count) in made.enumerated() where count > 0 {
            guard let sender = Province(number: number) else { continue }
            try HeldRecords.add(count, of: sender, in: transaction.database)
        }
        return (result, peers)
    }

    private mutating func store(_ segment: SegmentInMaking, in transaction: borrowing Transaction) throws {
        try segment.store(prepared, at: chunk.at, keys: keys, in: transaction.database)
        peers.insert(segment.peer)
    }

    private static func nextSegment(_ database: Database) throws -> Int64 {
        try RawStatement(database, "SELECT COALESCE(MAX(id), 0) + 1 FROM segment").first { $0.integer(0) } ?? 1
    }

    private mutating func accept(
        _ draft: PreparedDraft, from origin: Origin, in transaction: borrowing Transaction
    ) throws {
        let held = try transaction.record(draft.record)
        if let held, held.content == draft.content {
            let pseudonym = try subjects.pseudonym(ofLookup: draft.lookup, in: transaction, on: day)
            result.unchanged += 1
            return try transaction.tail.append(
                try forms.form(.intakeUnchanged), subject: pseudonym, object: held.digest)
        }
        if held != nil || draft.hasEffect,
            let objection = try StateRules.objection(
                to: self.draft(at: origin).said(over: held), held: held, in: transaction)
        {
            return try bar(self.draft(at: origin), from: origin.place, objection, in: transaction)
        }
        let version = Int(held?.version ?? 0) + 1
        let former = held == nil ? try formerHomes(of: draft, in: transaction) : []
        try issue(draft, from: origin, as: version, over: held, in: transaction)
        for record in former { try withdraw(record, in: transaction) }
    }

    private mutating func issue(
        _ draft: PreparedDraft, from origin: Origin, as version: Int, over held: RecordEntry?,
        in transaction: borrowing Transaction
    ) throws {
        let written = version == 1 ? origin.place.flatMap { prepared.line(of: $0) } : nil
        let pseudonym = try subjects.pseudonym(
            ofLookup: draft.lookup, or: written?.name, in: transaction, on: day)
        let (id, digest, payload, index) = try gather(draft, written, origin, as: version, in: transaction)
        if let held { try FormerPlaces.add(held, of: draft.record, in: transaction.database) }
        transaction.put(
            RecordEntry(
                sender: draft.from.number, kind: draft.kind, version: UInt32(version), envelope: id, digest: digest,
                content: draft.content, payload: payload, place: UInt32(index), retainUntil: draft.retainUntil,
                subject: draft.lookup, permit: draft.permit),
            as: draft.record)
        if held == nil { made[Int(draft.from.number)] += 1 }
        try register(draft, formerly: held?.subject, in: transaction)
        try transaction.tail.append(
            try forms.form(
                .intakeAccepted, purpose: draft.purpose, flags: draft.isFlagged ? self.draft(at: origin).flags : []),
            subject: pseudonym, object: digest, nonce: written?.nonce)
        result.new += 1
        if draft.hasEffect { try take(self.draft(at: origin), in: transaction) }
    }

    /// Does to other facts what the draft says.
    private func take(_ draft: Draft, in transaction: borrowing Transaction) throws {
        switch draft.effect {
        case .retraction(let target, _):
            try TargetEffect.retract(target, of: draft.from, erasingBy: nil, in: transaction)
        case .correction(let target): try TargetEffect.correct(target, in: transaction)
        case .permit, nil: break
        }
    }

    /// Puts the draft's line into its peer's segment.
    private mutating func gather(
        _ draft: PreparedDraft, _ written: WrittenLine?, _ origin: Origin, as version: Int,
        in transaction: borrowing Transaction
    ) throws -> (id: MessageID, digest: Digest256, segment: Int64, place: Int) {
        if let written, let place = origin.place {
            let segment = try segment(for: draft.to, slice: place / PreparedSlice.size, in: transaction)
            return (written.id, written.digest, segment.number, segment.add(written, from: place, of: draft))
        }
        let segment = try segment(for: draft.to, slice: nil, in: transaction)
        let id = MessageID(at: chunk.at, random: (transaction.tail.random(), transaction.tail.random()))
        let line = self.draft(at: origin).line(
            id: id, version: version, salt: (transaction.tail.random(), transaction.tail.random()))
        let digest = Digest256(hashing: line)
        return (id, digest, segment.number, segment.add(line, id: id, digest: digest, of: draft))
    }

    /// The peer's segment; a new one when it has no room.
    /// - Parameter slice: of the line that is to be added, when it was prepared.
    private mutating func segment(
        for peer: Province, slice: Int?, in transaction: borrowing Transaction
    ) throws -> SegmentInMaking {
        let held = segment?.peer == peer ? segment : segments[peer]
        if let held {
            let isAtSlicesFront = slice != nil && slice != held.lastSlice
            let frame = isAtSlicesFront ? slice.flatMap { prepared.slices[$0].frames[peer] } : nil
            if !held.lacksRoom(for: frame) {
                segment = held
                return held
            }
            try store(held, in: transaction)
        }
        let made = SegmentInMaking(number: nextSegment, peer: peer)
        nextSegment += 1
        segments[peer] = made
        segment = made
        return made
    }

    /// Records of the same fact at another home, which are in force: seldom any.
    private func formerHomes(of draft: PreparedDraft, in transaction: borrowing Transaction) throws -> [RecordEntry] {
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
        try accept(PreparedDraft(withdrawal, keys: keys), from: .made(withdrawal), in: transaction)
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
        _ draft: PreparedDraft, formerly: ShortHash?, in transaction: borrowing Transaction
    ) throws {
        try Registration.apply(
            Registration.Change(
                kind: draft.kind, record: draft.record, reference: draft.reference, subject: draft.lookup,
                formerly: formerly, province: draft.record.register, division: draft.division,
                effective: draft.effective, facts: draft.facts),
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
