import AuditLog
import Delivery
import Interchange
import Store

/// The sender's side: what the gateway's ``Courier`` says is done, as the gateway's sender does it.
extension World {
    /// What one batch may have.
    private static let envelopes = 8

    mutating func planTurn(_ place: Int, _ peer: Int, at time: Instant) {
        let time = max(time, now)
        let life = provinces[place].life
        if let planned = provinces[place].ways[peer]?.planned, planned <= time { return }
        provinces[place].ways[peer, default: .init(retry: limits)].planned = time
        queue.plan(.turn(place, peer: peer, life: life), at: time)
    }

    /// A rest by the province's own clock.
    private mutating func rest(_ place: Int, _ peer: Int, until time: Instant) {
        let wait = time.milliseconds - provinces[place].clock(now).milliseconds
        planTurn(place, peer, at: now.adding(milliseconds: max(wait, 10)))
    }

    /// Nobody rests longer than this without looking at the clock: what the service does, in milliseconds.
    private static let longestRest: Int64 = 30_000

    /// Who rests by a clock that is set notices it when the longest rest is over.
    mutating func setClock(_ place: Int, offset: Int64) {
        provinces[place].offset = offset
        for peer in provinces[place].ways.keys.sorted() {
            let wait = Int64.random(in: 0...Self.longestRest, using: &random)
            planTurn(place, peer, at: now.adding(milliseconds: wait))
        }
    }

    mutating func turn(_ place: Int, _ peer: Int, _ life: Int) async throws {
        // Of several turns that were planned the earliest counts.
        guard provinces[place].isAlive, provinces[place].life == life, provinces[place].ways[peer]?.planned == now
        else {
            return
        }
        provinces[place].ways[peer]?.planned = nil
        let (store, to) = (provinces[place].store, provinces[peer].province)
        let clock = provinces[place].clock(now)
        while let turn = provinces[place].ways[peer]?.courier.next(at: clock) {
            switch turn {
            case .hasten(let haste, let lease):
                try await store.hasten(to, at: clock, leasesUntil: lease)
                provinces[place].ways[peer]?.courier.hastened(haste, at: clock)
            case .rest(let until):
                if let until { rest(place, peer, until: until) }
                return
            case .go(let errand):
                guard let leased = try await lease(errand, place, peer, at: clock) else {
                    provinces[place].ways[peer]?.courier.ended(errand)
                    if let due = try await store.nextDue(for: to) { rest(place, peer, until: due) }
                    return
                }
                send(leased, on: errand, from: place, to: peer)
            }
        }
    }

    private func lease(
        _ errand: Courier.Errand, _ place: Int, _ peer: Int, at clock: Instant
    ) async throws -> LeasedBatch? {
        let (store, to) = (provinces[place].store, provinces[peer].province)
        guard let due = try await store.nextDue(for: to), due <= clock else { return nil }
        let most = provinces[place].ways[peer]?.courier.envelopes(on: errand, within: Self.envelopes)
        return try await store.leaseBatch(
            for: to, limits: BatchLimits(envelopes: most ?? 1), at: clock,
            until: clock.adding(seconds: Courier.leaseSeconds)
        ) { EncodedContent(bytes: $0, encoding: nil, digest: Digest256(hashing: $0)) }
    }

    private mutating func send(_ leased: LeasedBatch, on errand: Courier.Errand, from place: Int, to peer: Int) {
        observer.formed(leased, lines(of: leased), from: place)
        attempts += 1
        provinces[place].ways[peer]?.underWay[attempts] = (leased, errand)
        observer.departed(provinces[place].ways[peer]?.underWay.count ?? 0)
        let request = SimulatedRequest(
            from: place, to: peer, attempt: attempts, batch: leased, nonce: "nonce-\(attempts)",
            created: provinces[place].clock(now))
        for delay in copies(place, peer) { plan(.arrives(request), afterMilliseconds: delay) }
        // The client's patience.
        let late = SimulatedAnswer.other(.unanswered(isLate: true))
        plan(.answered(place, peer: peer, attempt: attempts, late), afterMilliseconds: 150_000)
    }

    /// What a receiver reads of a batch, which is the same each time it is sent.
    mutating func lines(of batch: LeasedBatch) -> [EnvelopeLine] {
        if let read = linesRead[batch.id] { return read }
        let lines = EnvelopeLine.lines(of: batch)
        linesRead[batch.id] = lines
        return lines
    }

    mutating func hear(_ place: Int, _ peer: Int, _ attempt: Int, _ answer: SimulatedAnswer) async throws {
        guard provinces[place].isAlive,
            let (leased, errand) = provinces[place].ways[peer]?.underWay.removeValue(forKey: attempt)
        else { return }
        let parcel = Courier.Parcel(
            envelopes: leased.envelopes.count, limit: Self.envelopes, attempts: leased.attempts,
            acceptedAt: leased.acceptedAt)
        let heard: Courier.Answer =
            switch answer {
            case .receipt: .receipt(after: .milliseconds(Int.random(in: 1...3_000, using: &random)))
            case .other(let other): other
            }
        let clock = provinces[place].clock(now)
        let steps = provinces[place].ways[peer]?.courier.hear(heard, of: parcel, on: errand, at: clock, using: &random)
        for step in steps ?? [] {
            // The sender's own store may fail between any two steps.
            if !isHealed, random.once(in: 100) {
                provinces[place].ways[peer]?.courier.interrupted(errand)
                return planTurn(place, peer, at: now.adding(milliseconds: 1_000))
            }
            try await perform(step, for: leased, answer, at: place)
        }
        provinces[place].ways[peer]?.courier.ended(errand)
        planTurn(place, peer, at: now)
    }

    private func perform(
        _ step: Courier.Step, for leased: LeasedBatch, _ answer: SimulatedAnswer, at place: Int
    ) async throws {
        let (store, clock) = (provinces[place].store, provinces[place].clock(now))
        func postpone(until: Instant?, _ reason: String) async throws {
            try await store.postpone(
                leased.id,
                failure: FailedAttempt(
                    peer: leased.peer, notBefore: until, blockedOn: reason, detail: "simulated", at: clock))
        }
        switch step {
        case .askAnew, .showCircuit, .alert, .noteRefused: break
        case .settle:
            guard case .receipt(let content, let outcomes) = answer else { return }
            try await store.settle(
                Settlement(
                    batch: leased.id, peer: leased.peer, verdicts: outcomes.map(\.verdict), receipt: content,
                    signature: "simulated", at: clock))
        case .reopen(let size):
            try await store.reopen(leased.id, inBatchesOf: size, because: "413 BATCH_TOO_LONG", at: clock)
        case .postpone(let until, let blockedOn): try await postpone(until: until, blockedOn.rawValue)
        case .giveUp(let reason): try await postpone(until: nil, reason.rawValue)
        }
    }

    /// As a gateway does when its configuration changes: new senders, who count what those before them have under way.
    mutating func reload(_ place: Int) {
        for peer in provinces[place].ways.keys.sorted() {
            provinces[place].ways[peer]?.courier.renew(
                retry: limits, batchesInFlight: SimulatedProvince.batchesInFlight)
            planTurn(place, peer, at: now)
        }
    }
}

extension Outcome {
    /// What the outcome means to the sender.
    fileprivate var verdict: Settlement.Verdict {
        switch self {
        case .accepted, .duplicate, .stale: .settled
        case .parked: .parked
        case .rejected(let reasons): .refused(conflict: false, codes: reasons.map(\.code.rawValue))
        case .conflict: .refused(conflict: true, codes: [])
        }
    }
}
