import AuditLog
import Interchange

/// What carrying records needs of a store: taking them in, sending, receiving, and the log of it all. ``Store`` is this and the
/// rest; a simulation gets by with this, so that an engine in memory need not have the rest.
///
/// Every verb that changes something is one transaction, as ``Store`` says.
public protocol DeliveryStore: AuditReading, Hastening {
    // MARK: Intake

    /// Opens the account of one file or request: every row read from it ends in exactly one of its counts.
    func openRun(_ description: RunDescription) async throws -> RunID
    /// Computes what of a chunk does not hang on what is held. Several chunks may be prepared at once.
    func prepare(_ chunk: IntakeChunk) async -> PreparedIntake
    /// Makes envelopes of drafts (or finds them unchanged), and keeps the rows that must not pass. All or nothing.
    /// - Parameters:
    ///   - prepared: at most ``StoreLimits/rowsPerChunk`` rows.
    ///   - order: what is handed over in one order is written in it, and not at all after what failed.
    ///   - finish: called once, with a ``StoreError`` or when what was accepted is durable; on the store's own thread, so it must be quick.
    func accept(
        _ prepared: PreparedIntake, in order: IntakeOrder,
        then finish: @escaping @Sendable (Result<Acceptance, any Error>) -> Void)
    /// Closes the account. A run that was never closed is one that was cut off: `outcome` is nil.
    func closeRun(_ run: RunID, outcome: RunOutcome) async throws

    // MARK: Sending

    /// Forms a batch from what waits for the peer, encodes it, stores it durably as it will be sent, and leases it; or leases
    /// one that was formed before and is due. Nil when nothing is due.
    /// - Parameters:
    ///   - packed: nil unless content may be a frame of zstd as it lies in the store; then it is used where that is the batch.
    ///   - encode: turns NDJSON into content as sent. Both are called outside any transaction.
    func leaseBatch(
        for peer: Province, limits: BatchLimits, at now: Instant, until lease: Instant, packed: FrameEncoder?,
        encode: @Sendable @escaping ([UInt8]) throws -> EncodedContent
    ) async throws -> LeasedBatch?
    /// Settles a batch by what a verified receipt says of each envelope. Settling twice changes nothing.
    func settle(_ settlement: Settlement) async throws
    /// Keeps how an attempt failed and when the next may be made.
    func postpone(_ batch: MessageID, failure: FailedAttempt) async throws
    /// Closes a batch that the peer cannot take as it is: its envelopes go out in new batches of at most `envelopes` each.
    func reopen(_ batch: MessageID, inBatchesOf envelopes: Int, because reason: String, at now: Instant) async throws
    /// Gives back every lease; for a start, when nobody can hold one.
    func returnLeases() async throws -> Int
    /// When the next delivery to the peer becomes due, if any waits.
    func nextDue(for peer: Province) async throws -> Instant?
    func backlog() async throws -> [LaneBacklog]
    func deliveries(peer: Province?, limit: Int) async throws -> [DeliverySummary]

    // MARK: Receiving

    /// Remembers the nonce and looks the batch up. Applied envelopes, their outcomes, the receipt and the checkpoint that it names
    /// become durable together.
    /// - Parameter composer: asked at most once, when the batch is applied. When it throws, nothing is.
    func receive(_ batch: IncomingBatch, composing composer: ReceiptComposer) async throws -> Reception
    /// What a batch with this id was answered, before anything of it is read; its nonce is remembered if it was.
    /// - Returns: `known`, `reused` or `nonceReplayed`; nil when none came with this id.
    func earlierReception(
        of batch: MessageID, from peer: Province, digest: Digest256, nonce: String, at now: Instant
    ) async throws -> Reception?
    /// Remembers a nonce that had no other effect.
    /// - Returns: false when it was used before.
    func spend(nonce: String, of peer: Province, at now: Instant) async throws -> Bool

    // MARK: Audit

    /// Appends entries of acts that change nothing else.
    func record(_ acts: [Act]) async throws
    /// Signs the log as it stands, stores the result, and returns it; the last one again if the log has not grown.
    func checkpoint(
        signedBy sign: @Sendable @escaping (_ size: UInt64, _ root: Digest256) throws -> String, at now: Instant
    )
        async throws -> SignedCheckpoint

    /// Called after each commit that gave a peer something to send.
    func onWork(_ notify: @Sendable @escaping (Set<Province>) -> Void)
    func close() async
}

/// Turns one frame of zstd, which holds so many bytes of NDJSON, into content as sent.
public typealias FrameEncoder = @Sendable (_ frame: [UInt8], _ plainBytes: Int) -> EncodedContent

extension DeliveryStore {
    /// As ``leaseBatch(for:limits:at:until:packed:encode:)``, of NDJSON always.
    public func leaseBatch(
        for peer: Province, limits: BatchLimits, at now: Instant, until lease: Instant,
        encode: @Sendable @escaping ([UInt8]) throws -> EncodedContent
    ) async throws -> LeasedBatch? {
        try await leaseBatch(for: peer, limits: limits, at: now, until: lease, packed: nil, encode: encode)
    }
}
