import AuditLog
import Interchange

extension MemoryState {
    mutating func spend(_ nonce: String, of peer: Province, at now: Instant) -> Bool {
        let key = Key(peer: peer, part: nonce)
        let oldest = now.adding(seconds: -StoreLimits.nonceSeconds)
        if let spent = nonces[key], spent >= oldest { return false }
        nonces[key] = now
        if nonces.count.isMultiple(of: 256) { nonces = nonces.filter { $0.value >= oldest } }
        return true
    }

    mutating func earlierReception(
        of batch: MessageID, from peer: Province, digest: Digest256, nonce: String, at now: Instant
    ) -> Reception? {
        guard let known = reception(of: batch, from: peer, digest: digest) else { return nil }
        return spend(nonce, of: peer, at: now) ? known : .nonceReplayed
    }

    private func reception(of batch: MessageID, from peer: Province, digest: Digest256) -> Reception? {
        received[Key(peer: peer, part: batch)].map { $0.digest == digest ? .known(receipt: $0.receipt) : .reused }
    }

    mutating func receive(_ batch: IncomingBatch, composing composer: ReceiptComposer) throws -> Reception {
        guard spend(batch.nonce, of: batch.from, at: batch.receivedAt) else { return .nonceReplayed }
        if let known = reception(of: batch.batch, from: batch.from, digest: batch.contentDigest) { return known }
        let sender = AuditActor(organisation: "urn:yizhan:province:\(batch.from)")
        let first = log.size
        var outcomes: [Outcome] = []
        for envelope in batch.envelopes {
            let outcome = apply(envelope, from: batch.from)
            try enter(envelope, outcome, of: batch, by: sender)
            outcomes.append(outcome)
        }
        let results = try composer.results(outcomes)
        let last = try enter(
            Act(
                .batchReceived, actor: sender, at: batch.receivedAt, batch: batch.batch,
                evidence: Digest256(hashing: results),
                details: [
                    .peer: batch.from.description, .contentDigest: batch.contentDigest.base64,
                    .entries: "\(outcomes.count)", .accepted: "\(outcomes.count { $0 == .accepted })",
                ]))
        let applied = Reception.Applied(outcomes: outcomes, receivedAt: batch.receivedAt, entries: first...last)
        let receipt = try composer.receipt(results, applied, log.size, log.root)
        try keep(receipt.checkpoint)
        received[Key(peer: batch.from, part: batch.batch)] = Received(
            digest: batch.contentDigest, receipt: receipt.content)
        return .applied(applied)
    }

    private mutating func apply(_ envelope: IncomingEnvelope, from sender: Province) -> Outcome {
        let key = Key(peer: sender, part: envelope.id)
        if let earlier = answered[key] {
            guard earlier.digest == envelope.digest else {
                let held = envelope.record.flatMap { facts[$0.record] }
                let version = held?.digest == earlier.digest ? held?.version : envelope.record?.version
                return .conflict(Outcome.Held(version: version ?? 1, digest: earlier.digest))
            }
            return .duplicate(earlier: earlier.outcome)
        }
        guard let record = envelope.record else { return .rejected(envelope.violations) }
        if let held = facts[record.record] {
            guard held.sender == sender else {
                return .rejected([RefusedRow.Reason(code: .wrongProvince, pointer: "/from", column: nil)])
            }
            let newest = Outcome.Held(version: held.version, digest: held.digest)
            if held.version == record.version { return .conflict(newest) }
            if held.version > record.version {
                answered[key] = (envelope.digest, .stale)
                return .stale(newest)
            }
        }
        if let reference = record.reference, facts[reference] == nil { return .parked }
        facts[record.record] = Fact(sender: sender, version: record.version, digest: envelope.digest, content: nil)
        answered[key] = (envelope.digest, .accepted)
        return .accepted
    }

    private mutating func enter(
        _ envelope: IncomingEnvelope, _ outcome: Outcome, of batch: IncomingBatch, by sender: AuditActor
    ) throws {
        var act = Act(
            outcome.event, actor: sender, at: batch.receivedAt, purpose: envelope.record?.purpose,
            object: envelope.digest, batch: batch.batch)
        if case .rejected(let reasons) = outcome {
            let codes = ViolationCode.list(reasons.map(\.code))
            if !codes.isEmpty { act.details[.codes] = codes }
        }
        let person = envelope.record.map { $0.subject ?? Array(($0.reference ?? $0.record).description.utf8) }
        try enter(act, subject: person)
    }
}
