import AuditLog
import Interchange
import Synchronization

/// A store in memory, for simulations: the verbs of delivery, with the meaning that the conformance suite gives them. Nothing in
/// it is encrypted, and nothing outlives the process.
public final class MemoryStore: DeliveryStore {
    private let disk: MemoryDisk
    private let listeners = Mutex<[@Sendable (Set<Province>) -> Void]>([])

    /// A store on what an earlier one left.
    public init(disk: MemoryDisk = MemoryDisk()) { self.disk = disk }

    /// Verbs check everything before they change anything, so that one that throws has changed nothing.
    func change<Value: Sendable>(_ body: (inout MemoryState) throws -> sending Value) rethrows -> Value {
        let (value, peers) = try disk.state.withLock { state in
            let value = try body(&state)
            defer { state.announced = [] }
            return (value, state.announced)
        }
        if !peers.isEmpty { for notify in listeners.withLock({ $0 }) { notify(peers) } }
        return value
    }

    public func onWork(_ notify: @Sendable @escaping (Set<Province>) -> Void) {
        listeners.withLock { $0.append(notify) }
    }

    public func close() async {}

    // MARK: Intake

    public func openRun(_ description: RunDescription) async throws -> RunID {
        change { state in
            state.runs.append(description)
            return RunID(number: Int64(state.runs.count))
        }
    }

    public func prepare(_ chunk: IntakeChunk) async -> PreparedIntake { PreparedIntake(chunk) }

    public func accept(
        _ prepared: PreparedIntake, in order: IntakeOrder,
        then finish: @escaping @Sendable (Result<Acceptance, any Error>) -> Void
    ) {
        do {
            try order.check()
            finish(.success(try change { try $0.accept(prepared.chunk) }))
        } catch {
            order.fail(error)
            finish(.failure(error))
        }
    }

    public func closeRun(_ run: RunID, outcome: RunOutcome) async throws {
        guard outcome.rows == outcome.accepted + outcome.flagged + outcome.quarantined else {
            throw StoreError(
                .invalid, "the account of a run does not add up to its \(outcome.rows) rows",
                remedy: "report this as a defect")
        }
    }

    // MARK: Sending

    public func leaseBatch(
        for peer: Province, limits: BatchLimits, at now: Instant, until lease: Instant, packed: FrameEncoder?,
        encode: @Sendable @escaping ([UInt8]) throws -> EncodedContent
    ) async throws -> LeasedBatch? {
        if let due = change({ $0.leaseDue(for: peer, at: now, until: lease) }) { return due }
        while let gathered = change({ $0.gather(for: peer, limits, at: now) }) {
            let content = try encode(gathered.lines)
            if let formed = change({ $0.form(gathered, content, for: peer, at: now, until: lease) }) { return formed }
        }
        return nil
    }

    public func settle(_ settlement: Settlement) async throws { try change { try $0.settle(settlement) } }

    public func postpone(_ batch: MessageID, failure: FailedAttempt) async throws {
        try change { try $0.postpone(batch, failure) }
    }

    public func reopen(
        _ batch: MessageID, inBatchesOf envelopes: Int, because reason: String, at now: Instant
    ) async throws { try change { try $0.reopen(batch, inBatchesOf: envelopes, because: reason, at: now) } }

    public func returnLeases() async throws -> Int { change { $0.returnLeases() } }

    public func hasten(_ peer: Province, at now: Instant, leasesUntil lease: Instant) async throws {
        change { $0.hasten(peer, at: now, leasesUntil: lease) }
    }

    public func nextDue(for peer: Province) async throws -> Instant? { change { $0.nextDue(for: peer) } }

    public func backlog() async throws -> [LaneBacklog] { change { $0.backlog() } }

    public func deliveries(peer: Province?, limit: Int) async throws -> [DeliverySummary] {
        change { $0.deliveries(peer: peer, limit: limit) }
    }

    // MARK: Receiving

    public func receive(
        _ batch: IncomingBatch, composing composer: ReceiptComposer
    ) async throws -> Reception {
        try change { state in
            // The receipt comes last, and may fail.
            var next = state
            let reception = try next.receive(batch, composing: composer)
            state = next
            return reception
        }
    }

    public func earlierReception(
        of batch: MessageID, from peer: Province, digest: Digest256, nonce: String, at now: Instant
    ) async throws -> Reception? {
        change { $0.earlierReception(of: batch, from: peer, digest: digest, nonce: nonce, at: now) }
    }

    public func spend(nonce: String, of peer: Province, at now: Instant) async throws -> Bool {
        change { $0.spend(nonce, of: peer, at: now) }
    }

    // MARK: Audit

    public func record(_ acts: [Act]) async throws { try change { try $0.record(acts) } }

    public func checkpoint(
        signedBy sign: @Sendable @escaping (_ size: UInt64, _ root: Digest256) throws -> String, at now: Instant
    ) async throws -> SignedCheckpoint {
        let (held, size, root) = change { ($0.newestCheckpoint, $0.log.size, $0.log.root) }
        if let held, held.size >= size { return held }
        let signed = SignedCheckpoint(size: size, root: root, note: try sign(size, root))
        return try change { state in
            try state.keep(signed)
            return signed
        }
    }

    public func auditSize() async throws -> UInt64 { change { $0.log.size } }

    public func auditTile(level: Int, index: UInt64) async throws -> [UInt8]? {
        change { $0.log.tile(level: level, index: index) }
    }

    public func auditEntries(from first: UInt64, limit: Int) async throws -> [StoredEntry] {
        change { $0.log.entries(from: first, limit: limit) }
    }

    public func newestCheckpoint() async throws -> SignedCheckpoint? { change { $0.newestCheckpoint } }
}
