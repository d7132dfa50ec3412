import AuditLog
import Foundation
import GRDB
import Interchange

extension SQLiteStore {
    public func settle(_ settlement: Settlement) async throws {
        let keys = keys
        let (peers, alerts) = try await writes.run { transaction in
            var settler = BatchSettler(settlement: settlement, keys: keys)
            return try settler.write(in: transaction)
        }
        announce(alerts)
        announce(peers)
    }
}

/// Carries a verified receipt into the sender's state.
struct BatchSettler {
    let settlement: Settlement
    let keys: StoreKeys
    private var lines = BatchLines()
    /// Records of which the peer holds a version that we do not know.
    private var overtaken = OvertakenRecords()
    private var hasNewDead = false

    init(settlement: Settlement, keys: StoreKeys) {
        self.settlement = settlement
        self.keys = keys
    }

    /// - Returns: peers that have something to send again, and alerts that began or ended.
    mutating func write(in transaction: borrowing Transaction) throws -> (Set<Province>, [Alert]) {
        let database = transaction.database
        guard let batch = try HeldBatch.find(settlement.batch, in: database), batch.state != .delivered,
            batch.peer == settlement.peer
        else { return ([], []) }
        let envelopes = batch.envelopes
        guard envelopes.count == settlement.verdicts.count else {
            throw StoreError(.invalid, "a receipt does not answer every envelope", remedy: "report this as a defect")
        }
        try keepLeaves(envelopes, in: transaction)
        try keepExceptions(envelopes, mayHaveRows: hasRows(batch, in: database), in: transaction)
        let entry = try enter(digest: batch.digest, attempts: batch.attempts + 1, in: transaction)
        try close(receiptEntry: entry, in: database)
        var peers = try overtaken.issueAnew(at: settlement.at, keys: keys, in: transaction)
        if try offerFollowers(of: envelopes, in: transaction) { peers.insert(settlement.peer) }
        let mayChangeDead = hasNewDead || batch.state == .deadLettered || batch.state == .closed
        var alerts =
            mayChangeDead
            ? try Alerts.countDeadLetters(of: settlement.peer, at: settlement.at, in: database) : []
        if let ended = try Alerts.set(.batchRefused, of: settlement.peer, isOn: false, at: settlement.at, in: database)
        {
            alerts.append(ended)
        }
        return (peers, alerts)
    }

    /// Whether envelopes of the batch may have rows of their own: not those of a batch that was made of segments and never
    /// taken apart, which is nearly every one.
    private func hasRows(_ batch: HeldBatch, in database: Database) throws -> Bool {
        guard batch.state != .closed else { return true }
        let parts = try RawStatement(database, "SELECT EXISTS (SELECT 1 FROM batch_part WHERE batch = ?1)")
        parts.bind(1, batch.id.bytes)
        return try parts.first { $0.integer(0) } == 0
    }

    private func close(receiptEntry: UInt64, in database: Database) throws {
        // At once: each change of the row writes its listing and its receipt anew.
        let close = try RawStatement(
            database,
            """
            UPDATE batch SET state = 'delivered', attempts = attempts + 1, blocked_on = NULL, blocked_since = NULL,
                detail = NULL, receipt = ?2, receipt_signature = ?3, settled_at = ?4, receipt_entry = ?5,
                request_signature = ?6 WHERE id = ?1
            """)
        close.bind(1, settlement.batch.bytes)
        close.bind(2, settlement.receipt)
        close.bind(3, settlement.signature)
        close.bind(4, settlement.at.milliseconds)
        close.bind(5, Int64(receiptEntry))
        close.bind(6, text: settlement.request)
        try close.run()
        let erase = try RawStatement(database, "DELETE FROM batch_body WHERE batch = ?1")
        erase.bind(1, settlement.batch.bytes)
        try erase.run()
    }

    /// - Returns: the entry of the receipt.
    private func enter(
        digest: Digest256?, attempts: Int, in transaction: borrowing Transaction
    ) throws -> UInt64 {
        let peer = settlement.peer.description
        let gateway = AuditActor(organisation: "gateway")
        try transaction.tail.append(
            Act(
                .deliveryAttempted, actor: gateway, at: settlement.at, batch: settlement.batch, outcome: "answered",
                evidence: digest,
                details: [.peer: peer, .attempt: "\(attempts)", .entries: "\(settlement.verdicts.count)"]), subject: nil
        )
        let settled = settlement.verdicts.count { $0 == .settled }
        return try transaction.tail.append(
            Act(
                .receiptReceived, actor: AuditActor(organisation: "urn:yizhan:province:\(peer)"), at: settlement.at,
                batch: settlement.batch, evidence: Digest256(hashing: settlement.receipt),
                details: [.peer: peer, .accepted: "\(settled)", .entries: "\(settlement.verdicts.count)"]), subject: nil
        )
    }

    /// What was parked or refused gets a row of its own; what was an exception before and is settled now, ends.
    private mutating func keepExceptions(
        _ envelopes: [EnvelopeReference], mayHaveRows: Bool, in transaction: borrowing Transaction
    ) throws {
        let settle = try RawStatement(
            transaction.database,
            """
            UPDATE exception SET state = 'settled', data_key = NULL, body = zeroblob(0), withdrawn = NULL
            WHERE envelope = ?1
            """)
        for (place, envelope) in envelopes.enumerated() {
            switch try decided(settlement.verdicts[place], envelope, place, in: transaction) {
            case .settled:
                guard mayHaveRows else { continue }
                settle.bind(1, envelope.id.bytes)
                try settle.run()
            case .parked: try park(envelope, place, in: transaction)
            case .dead(let reason, let findings): try kill(envelope, place, reason, findings, in: transaction)
            case .superseded: try supersede(envelope, in: transaction)
            }
        }
    }

    private enum Decision {
        case settled, parked
        case dead(reason: String, [PeerFinding])
        /// Another envelope of ours says what this one said.
        case superseded
    }

    /// What a verdict comes to with what we know of our own records.
    private mutating func decided(
        _ verdict: Settlement.Verdict, _ envelope: EnvelopeReference, _ place: Int,
        in transaction: borrowing Transaction
    ) throws -> Decision {
        switch verdict {
        case .settled: return .settled
        case .parked: return .parked
        case .refused(let isConflict, let codes):
            return .dead(
                reason: isConflict ? "conflict" : "rejected", codes.map { PeerFinding(code: $0, pointer: "") })
        case .rejected(let findings):
            // We withdrew it ourselves, and the withdrawal came first.
            if findings.contains(where: { $0.code == ViolationCode.retracted.rawValue }),
                try ownRecord(place, in: transaction)?.entry.isRetracted == true
            {
                return .superseded
            }
            return .dead(reason: "rejected", findings)
        case .held(let held, isConflict: true):
            return try isHealed(held, envelope, place, in: transaction) ? .superseded : .dead(reason: "conflict", [])
        case .held(let held, isConflict: false):
            guard let (key, entry) = try ownRecord(place, in: transaction),
                entry.version != UInt32(clamping: held.version) || entry.digest != held.digest,
                Int(entry.version) <= held.version
            else { return .settled }
            guard held.version < StoreLimits.highestVersion else { return .dead(reason: "conflict", []) }
            overtaken.add(key, above: held.version)
            return .settled
        }
    }

    /// A store that was restored from a backup issues versions again that the peer holds with another content: the counter moves past
    /// it, or has moved, and the content goes out anew. In any other store a conflict is an operator's.
    private mutating func isHealed(
        _ held: Outcome.Held, _ envelope: EnvelopeReference, _ place: Int, in transaction: borrowing Transaction
    ) throws -> Bool {
        guard try RestoreMarks.find(transaction.database) != nil,
            let (key, entry) = try ownRecord(place, in: transaction),
            entry.version != UInt32(clamping: held.version) || entry.digest != held.digest
        else { return false }
        // A newer one is on its way.
        if Int(entry.version) > held.version { return entry.envelope != envelope.id }
        guard held.version < StoreLimits.highestVersion else { return false }
        overtaken.add(key, above: held.version)
        return true
    }

    private mutating func ownRecord(
        _ place: Int, in transaction: borrowing Transaction
    ) throws -> (key: RecordID, entry: RecordEntry)? {
        let line = try lines.line(place, of: settlement.batch, in: transaction.database, keys: keys)
        guard let key = EnvelopeHeader(line: line)?.record, let entry = try transaction.record(key),
            entry.content != nil
        else { return nil }
        return (key, entry)
    }

    private mutating func park(
        _ envelope: EnvelopeReference, _ place: Int, in transaction: borrowing Transaction
    ) throws {
        let line = try lines.line(place, of: settlement.batch, in: transaction.database, keys: keys)
        try NewException(
            envelope: envelope, peer: settlement.peer, state: .parked,
            reason: ExceptionRow.Wait.parkedReference.rawValue, reference: EnvelopeHeader(line: line)?.reference,
            since: settlement.at, due: settlement.at.adding(milliseconds: StoreLimits.parkedRetryMilliseconds),
            line: line
        ).put(in: transaction.database, keys: keys, at: settlement.at)
    }

    private mutating func kill(
        _ envelope: EnvelopeReference, _ place: Int, _ reason: String, _ findings: [PeerFinding],
        in transaction: borrowing Transaction
    ) throws {
        let findings = findings.filter(\.isWellFormed).map(\.kept)
        let isNew = try NewException(
            envelope: envelope, peer: settlement.peer, state: .deadLettered, reason: reason, findings: findings,
            since: settlement.at, due: settlement.at,
            line: try lines.line(place, of: settlement.batch, in: transaction.database, keys: keys)
        ).put(in: transaction.database, keys: keys, at: settlement.at)
        guard isNew else { return }
        hasNewDead = true
        var details: AuditDetails = [.peer: settlement.peer.description, .reason: reason]
        if !findings.isEmpty { details[.codes] = findings.prefix(5).map(\.code).joined(separator: ",") }
        try transaction.tail.append(
            Act(
                .deliveryDeadLettered, actor: AuditActor(organisation: "gateway"), at: settlement.at,
                object: envelope.digest, batch: settlement.batch, details: details), subject: nil)
    }

    private func supersede(_ envelope: EnvelopeReference, in transaction: borrowing Transaction) throws {
        try NewException(
            envelope: envelope, peer: settlement.peer, state: .settled, reason: "superseded", since: settlement.at,
            due: settlement.at, withdrawn: .superseded
        ).put(in: transaction.database, keys: keys, at: settlement.at)
    }

    /// Parked envelopes whose reference was delivered by this receipt are offered again at once.
    private func offerFollowers(
        of envelopes: [EnvelopeReference], in transaction: borrowing Transaction
    ) throws -> Bool {
        let parked = try RawStatement(
            transaction.database,
            """
            SELECT envelope, reference FROM exception
            WHERE peer = ?1 AND state = 'parked' AND reference IS NOT NULL AND due_at > ?2 LIMIT ?3
            """)
        parked.bind(1, Int(settlement.peer.number))
        parked.bind(2, settlement.at.milliseconds)
        parked.bind(3, StoreLimits.parkedLookUps)
        var waiting: [(envelope: [UInt8], reference: RecordID)] = []
        try parked.forEachRow { columns in
            if let reference = RecordID(key: columns.bytes(1)) { waiting.append((columns.bytes(0), reference)) }
        }
        guard !waiting.isEmpty else { return false }
        var delivered: Set<MessageID> = []
        for (place, envelope) in envelopes.enumerated() where settlement.verdicts[place] == .settled {
            delivered.insert(envelope.id)
        }
        let offer = try RawStatement(transaction.database, "UPDATE exception SET due_at = ?2 WHERE envelope = ?1")
        var hasOffered = false
        for row in waiting {
            guard let held = try transaction.record(row.reference), delivered.contains(held.envelope) else { continue }
            offer.bind(1, row.envelope)
            offer.bind(2, settlement.at.milliseconds)
            try offer.run()
            hasOffered = true
        }
        return hasOffered
    }
}

extension PeerFinding {
    /// The peer writes its codes: what does not look like one is not kept.
    var isWellFormed: Bool {
        (1...40).contains(code.utf8.count)
            && code.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
            && !code.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Without a pointer that does not look like one: names of members and places in arrays, no other digits.
    fileprivate var kept: PeerFinding {
        let isPointer =
            pointer.utf8.count <= 120 && pointer.hasPrefix("/")
            && pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                part.utf8.count <= 40 && !part.isEmpty
                    && (part.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
                        || part.utf8.count <= 3 && part.utf8.allSatisfy { (0x30...0x39).contains($0) })
            }
        return PeerFinding(code: code, pointer: isPointer ? pointer : "")
    }
}
