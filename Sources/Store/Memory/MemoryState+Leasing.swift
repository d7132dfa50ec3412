import AuditLog
import Interchange

extension MemoryState {
    /// Envelopes that are about to become a batch.
    struct Gathered: Sendable {
        var envelopes: [EnvelopeReference] = []
        var parts: [[UInt8]] = []
        var acceptedAt: Instant
        var areParked = false

        var lines: [UInt8] { parts.reduce(into: []) { $0 += $1 + [0x0A] } }
        var bytes: Int { parts.reduce(0) { $0 + $1.count + 1 } }

        mutating func append(_ id: MessageID, _ digest: Digest256, _ line: [UInt8]) {
            envelopes.append(EnvelopeReference(id: id, digest: digest))
            parts.append(line)
        }
    }

    /// A batch that was formed before and is due.
    mutating func leaseDue(for peer: Province, at now: Instant, until lease: Instant) -> LeasedBatch? {
        let due = batches.filter {
            $0.value.peer == peer && [.retryable, .leased].contains($0.value.state) && $0.value.due <= now
        }
        guard let (id, _) = due.min(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }) else { return nil }
        batches[id]?.state = .leased
        batches[id]?.due = lease
        batches[id]?.blockedOn = nil
        return leased(id)
    }

    /// Parked envelopes that are due go first, in a batch of their own; then what is free, in order of acceptance.
    func gather(for peer: Province, _ limits: BatchLimits, at now: Instant) -> Gathered? {
        parked(for: peer, limits, at: now) ?? waiting(for: peer, limits)
    }

    private func parked(for peer: Province, _ limits: BatchLimits, at now: Instant) -> Gathered? {
        var gathered = Gathered(acceptedAt: now, areParked: true)
        var most = limits.envelopes
        let due = exceptions.filter { $0.value.peer == peer && $0.value.state == .parked && $0.value.due <= now }
        for (id, exception) in due.sorted(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }) {
            most = min(most, exception.together)
            let fits = gathered.envelopes.count < most && gathered.bytes + exception.line.count < limits.bytes
            guard gathered.envelopes.isEmpty || fits else { continue }
            // The age of what is parked does not run; the age of what was only taken apart goes on.
            if exception.reason == "split" { gathered.acceptedAt = min(gathered.acceptedAt, exception.since) }
            gathered.append(id, Digest256(hashing: exception.line), exception.line)
        }
        return gathered.envelopes.isEmpty ? nil : gathered
    }

    private func waiting(for peer: Province, _ limits: BatchLimits) -> Gathered? {
        guard let envelopes = free[peer], let oldest = envelopes.first else { return nil }
        var gathered = Gathered(acceptedAt: oldest.acceptedAt)
        for envelope in envelopes {
            let isFull =
                gathered.envelopes.count == limits.envelopes
                || gathered.bytes + envelope.line.count + 1 > limits.bytes
            guard !isFull || gathered.envelopes.isEmpty else { break }
            gathered.append(envelope.id, envelope.digest, envelope.line)
        }
        return gathered
    }

    /// - Returns: nil when somebody took the envelopes meanwhile.
    mutating func form(
        _ gathered: Gathered, _ content: EncodedContent, for peer: Province, at now: Instant, until lease: Instant
    ) -> LeasedBatch? {
        let ids = gathered.envelopes.map(\.id)
        if gathered.areParked {
            guard ids.allSatisfy({ exceptions[$0]?.state == .parked }) else { return nil }
            for id in ids { exceptions[id]?.state = .offered }
        } else {
            guard free[peer, default: []].prefix(ids.count).map(\.id) == ids else { return nil }
            free[peer]?.removeFirst(ids.count)
        }
        let id = MessageID(at: now, random: words())
        batches[id] = Batch(
            peer: peer, state: .leased, due: lease, content: content, lines: gathered.parts,
            envelopes: gathered.envelopes, acceptedAt: gathered.acceptedAt)
        return leased(id)
    }

    private func leased(_ id: MessageID) -> LeasedBatch? {
        batches[id].map {
            LeasedBatch(
                id: id, peer: $0.peer, content: $0.content, envelopes: $0.envelopes, attempts: $0.attempts,
                acceptedAt: $0.acceptedAt)
        }
    }

    mutating func returnLeases() -> Int {
        let leased = batches.filter { $0.value.state == .leased }.keys
        for id in leased {
            batches[id]?.state = .retryable
            batches[id]?.due = Instant(milliseconds: 0)
        }
        return leased.count
    }

    mutating func hasten(_ peer: Province, at now: Instant, leasesUntil lease: Instant) {
        for (id, batch) in batches where batch.peer == peer {
            if batch.state == .retryable { batches[id]?.due = min(batch.due, now) }
            if batch.state == .leased { batches[id]?.due = min(batch.due, lease) }
        }
        let tomorrow = now.adding(milliseconds: StoreLimits.parkedRetryMilliseconds)
        for (id, exception) in exceptions where exception.peer == peer && exception.state == .parked {
            exceptions[id]?.due = min(exception.due, tomorrow)
        }
    }

    func nextDue(for peer: Province) -> Instant? {
        var due = batches.values.filter { $0.peer == peer && [.retryable, .leased].contains($0.state) }.map(\.due)
        due += exceptions.values.filter { $0.peer == peer && $0.state == .parked }.map(\.due)
        if free[peer]?.isEmpty == false { due.append(Instant(milliseconds: 0)) }
        return due.min()
    }
}
