import AuditLog
import Delivery
import Interchange
import Store

/// The network, and the receiver's side.
extension World {
    /// How late each copy of a message comes, in milliseconds; none when it is lost.
    mutating func copies(_ one: Int, _ other: Int) -> [Int64] {
        if partitions.contains([one, other]) || partitions.contains([other, one]) { return [] }
        if isHealed { return [Int64.random(in: 1...50, using: &random)] }
        if random.once(in: 8) { return [] }
        func delay() -> Int64 { Int64.random(in: 1...(random.once(in: 6) ? 200_000 : 300), using: &random) }
        return random.once(in: 10) ? [delay(), delay()] : [delay()]
    }

    mutating func crash(_ place: Int) {
        guard provinces[place].isAlive else { return }
        provinces[place].crash()
        faults += 1
    }

    mutating func restart(_ place: Int) async throws {
        guard !provinces[place].isAlive else { return }
        for peer in try await provinces[place].restart(at: now) {
            if let peer = provinces.firstIndex(where: { $0.province == peer }) { planTurn(place, peer, at: now) }
        }
    }

    mutating func arrive(_ request: SimulatedRequest) async throws {
        guard provinces[request.to].isAlive else { return answer(request, .other(.unanswered(isLate: false))) }
        if let refusal = refusal(of: request) { return answer(request, .other(refusal)) }
        let fresh = Array("receipt \(receipts.count)".utf8)
        let composer = ReceiptComposer {
            Array("\($0)".utf8)
        } receipt: { _, _, size, root in
            ComposedReceipt(fresh, checkpoint: SignedCheckpoint(size: size, root: root, note: "\(size) \(root)"))
        }
        let reception = try await provinces[request.to].store.receive(incoming(request), composing: composer)
        switch reception {
        case .nonceReplayed: answer(request, .other(.signAnew))
        case .reused: observer.accepted -= 1_000_000  // No two batches have one id: this shows as a finding.
        case .known(let content): answer(request, .receipt(content: content, outcomes: receipts[content] ?? []))
        case .applied(let applied): conclude(request, applied, receipt: fresh)
        }
    }

    /// What keeps a peer from looking at a batch; nil when nothing does.
    private mutating func refusal(of request: SimulatedRequest) -> Courier.Answer? {
        let skew = provinces[request.to].clock(now).milliseconds - request.created.milliseconds
        if skew < -60_000 || skew > 360_000 { return .signAnew }
        guard !isHealed else { return nil }
        if random.once(in: 15) { return .refused(status: 503, retryAfterSeconds: 5) }
        if random.once(in: 25) { return .unverified(status: 200, retryAfterSeconds: nil) }
        if random.once(in: 400) { return .refused(status: 401, retryAfterSeconds: nil) }
        if request.batch.envelopes.count > 1, random.once(in: 20) {
            return .refused(status: random.once(in: 2) ? 413 : 409, retryAfterSeconds: nil)
        }
        return nil
    }

    /// Between what is durable and the answer the receiver may die.
    private mutating func conclude(
        _ request: SimulatedRequest, _ applied: Reception.Applied, receipt content: [UInt8]
    ) {
        observer.received(request, applied.outcomes)
        receipts[content] = applied.outcomes
        if dies(request.to) { return }
        answer(request, .receipt(content: content, outcomes: applied.outcomes))
    }

    private mutating func dies(_ place: Int) -> Bool {
        guard !isHealed, random.once(in: 20) else { return false }
        crash(place)
        plan(.restart(place), afterMilliseconds: Int64.random(in: 1...60_000, using: &random))
        return true
    }

    private mutating func answer(_ request: SimulatedRequest, _ answer: SimulatedAnswer) {
        for delay in copies(request.to, request.from) {
            plan(
                .answered(request.from, peer: request.to, attempt: request.attempt, answer), afterMilliseconds: delay)
        }
    }

    private mutating func incoming(_ request: SimulatedRequest) -> IncomingBatch {
        let batch = request.batch
        let lines = lines(of: batch)
        let envelopes = zip(batch.envelopes, lines).map { envelope, line in
            let isDeparture = line.record.high == 1
            let arrival = RecordID(
                home: line.record.home, register: line.record.register, high: 0, low: line.record.low)
            return IncomingEnvelope(
                id: envelope.id, digest: envelope.digest, span: line.span,
                record: IncomingRecord(
                    kind: isDeparture ? .departure : .arrival, record: line.record, version: line.version,
                    issuedAt: Instant(milliseconds: 0), purpose: .residenceRegistration,
                    retainUntil: CivilDate(daysSince1970: 21_000), subject: nil,
                    reference: isDeparture ? arrival : nil, division: nil, effective: nil), violations: [])
        }
        return IncomingBatch(
            from: provinces[request.from].province, batch: batch.id, contentDigest: batch.content.digest,
            nonce: request.nonce, lines: batch.content.bytes, envelopes: envelopes,
            receivedAt: provinces[request.to].clock(now))
    }
}
