import AuditLog
import Interchange

extension MemoryState {
    private static let gateway = AuditActor(organisation: "gateway")

    mutating func settle(_ settlement: Settlement) throws {
        guard let batch = batches[settlement.batch], batch.peer == settlement.peer, batch.state != .delivered else {
            return
        }
        guard batch.envelopes.count == settlement.verdicts.count else {
            throw StoreError(.invalid, "a receipt does not answer every envelope", remedy: "report this as a defect")
        }
        for place in batch.envelopes.indices { try settle(batch, place, settlement) }
        batches[settlement.batch]?.state = .delivered
        batches[settlement.batch]?.attempts += 1
        let (peer, count) = (settlement.peer.description, batch.envelopes.count)
        try enter(
            Act(
                .deliveryAttempted, actor: Self.gateway, at: settlement.at, batch: settlement.batch,
                outcome: "answered", evidence: batch.content.digest,
                details: [.peer: peer, .attempt: "\(batch.attempts + 1)", .entries: "\(count)"]))
        try enter(
            Act(
                .receiptReceived, actor: AuditActor(organisation: "urn:yizhan:province:\(peer)"), at: settlement.at,
                batch: settlement.batch, evidence: Digest256(hashing: settlement.receipt),
                details: [
                    .peer: peer, .accepted: "\(settlement.verdicts.count { $0 == .settled })", .entries: "\(count)",
                ]))
    }

    /// Of what was settled before nothing changes.
    private mutating func settle(_ batch: Batch, _ place: Int, _ settlement: Settlement) throws {
        let envelope = batch.envelopes[place]
        guard settled[batch.peer]?.contains(envelope.id) != true else { return }
        var exception = Exception(
            peer: batch.peer, state: .parked, reason: "parkedReference", since: settlement.at,
            due: settlement.at.adding(milliseconds: StoreLimits.parkedRetryMilliseconds), line: batch.lines[place])
        exception.since = exceptions[envelope.id]?.since ?? settlement.at
        exception.together = exceptions[envelope.id]?.together ?? exception.together
        switch settlement.verdicts[place] {
        // What the peer holds is known here: nothing is restored from a backup in memory.
        case .settled, .held(_, isConflict: false):
            settled[batch.peer, default: []].insert(envelope.id)
            exceptions[envelope.id]?.state = .settled
        case .parked: exceptions[envelope.id] = exception
        case .held(_, isConflict: true): try refuse(envelope, exception, as: "conflict", [], settlement)
        case .refused(let isConflict, let codes):
            try refuse(envelope, exception, as: isConflict ? "conflict" : "rejected", codes, settlement)
        case .rejected(let findings):
            try refuse(envelope, exception, as: "rejected", findings.map(\.code), settlement)
        }
    }

    private mutating func refuse(
        _ envelope: EnvelopeReference, _ parked: Exception, as reason: String, _ codes: [String],
        _ settlement: Settlement
    ) throws {
        let codes = codes.filter { PeerFinding(code: $0, pointer: "").isWellFormed }
        var exception = parked
        (exception.state, exception.due) = (.deadLettered, settlement.at)
        (exception.reason, exception.codes) = (reason, codes.joined(separator: " "))
        exceptions[envelope.id] = exception
        var details: AuditDetails = [.peer: settlement.peer.description, .reason: reason]
        if !codes.isEmpty { details[.codes] = codes.prefix(5).joined(separator: ",") }
        try enter(
            Act(
                .deliveryDeadLettered, actor: Self.gateway, at: settlement.at, object: envelope.digest,
                batch: settlement.batch, details: details))
    }

    mutating func postpone(_ id: MessageID, _ failure: FailedAttempt) throws {
        guard var batch = batches[id], batch.state == .leased else { return }
        batch.attempts += 1
        batch.state = failure.notBefore == nil ? .deadLettered : .retryable
        batch.due = failure.notBefore ?? Instant(milliseconds: 0)
        (batch.blockedOn, batch.detail) = (failure.blockedOn, failure.detail)
        batches[id] = batch
        if let act = failure.refusal(of: id) { try enter(act) }
        try enter(
            Act(
                .deliveryAttempted, actor: Self.gateway, at: failure.at, batch: id,
                outcome: failure.blockedOn == "operator" ? "refused" : "failed", evidence: batch.content.digest,
                details: [
                    .peer: failure.peer.description, .attempt: "\(batch.attempts)",
                    .entries: "\(batch.envelopes.count)", .code: failure.blockedOn,
                ]))
        guard failure.notBefore == nil else { return }
        for envelope in batch.envelopes {
            try enter(
                Act(
                    .deliveryDeadLettered, actor: Self.gateway, at: failure.at, object: envelope.digest, batch: id,
                    details: [.peer: failure.peer.description, .reason: failure.blockedOn]))
        }
    }

    mutating func reopen(
        _ id: MessageID, inBatchesOf size: Int, because reason: String, at now: Instant
    ) throws {
        guard let batch = batches[id], batch.state == .leased else { return }
        for (place, envelope) in batch.envelopes.enumerated()
        where settled[batch.peer]?.contains(envelope.id) != true {
            let since = exceptions[envelope.id]?.since ?? batch.acceptedAt
            exceptions[envelope.id] = Exception(
                peer: batch.peer, state: .parked, reason: "split", since: since, due: now, together: max(1, size),
                line: batch.lines[place])
        }
        batches[id]?.state = .closed
        batches[id]?.attempts += 1
        batches[id]?.detail = reason
        var details: AuditDetails = [
            .peer: batch.peer.description, .attempt: "\(batch.attempts + 1)", .entries: "\(batch.envelopes.count)",
        ]
        let code = reason.split(separator: " ").last.map(String.init) ?? ""
        if AuditDetail.code.allows(code) { details[.code] = code }
        try enter(
            Act(
                .deliveryAttempted, actor: Self.gateway, at: now, batch: id, outcome: "refused",
                evidence: batch.content.digest, details: details))
        announced.insert(batch.peer)
    }
}
