import AuditLog
import Exchange
import Hummingbird
import Interchange
import ServiceLifecycle
import Store

/// `GET /v1/outbox`: a peer that cannot be reached fetches what waits for it. A batch is leased to the caller until its receipt
/// comes or the lease lapses; then the same batch is offered again. Any peer may ask, whatever its mode: leases keep a batch
/// from going out twice at a time.
struct OutboxRoute: Sendable {
    let door: PeerDoor
    let store: any Store
    let limits: GatewayConfiguration.Limits
    let gate: PeerGate
    let bell: WorkBell
    let offered: OfferedBatches

    func add(to router: Router<RequestScope>) {
        router.get("/v1/outbox") { request, scope in
            try await door.answer(request, scope) { try await answer($0) }
        }
    }

    private func answer(_ visit: PeerVisit) async throws -> SignedAnswer {
        _ = try visit.verify(try await visit.content(limit: 0), as: .request, at: door.clock())
        let wish = try OutboxWish(visit.components, limits: limits)
        guard gate.enter(visit.peer) else {
            throw WireError(.busy, "This peer asks too often at a time.", retryAfterSeconds: 1)
        }
        defer { gate.leave(visit.peer) }
        guard let batch = try await batch(for: visit.peer, wish) else {
            return try visit.signer.answer(visit.components, status: 204)
        }
        let answer = try visit.signer.answer(visit.components, batch: OutgoingBatch(batch))
        offered.keep(answer.signature(answering: visit.components), of: batch.id)
        return answer
    }

    /// Waits for a batch as long as the caller wishes; nil when none came, or when the daemon shuts down.
    private func batch(for peer: Province, _ wish: OutboxWish) async throws -> LeasedBatch? {
        let deadline = ContinuousClock.now + wish.wait
        let wakeup = bell.listen(for: peer)
        defer { bell.leave(wakeup, of: peer) }
        while true {
            if let batch = try await lease(for: peer, wish) { return batch }
            let left = deadline - ContinuousClock.now
            guard left > .zero, !Task.isCancelled, !Task.isShuttingDownGracefully else { return nil }
            let due = try await store.nextDue(for: peer).map { $0.milliseconds - door.clock().milliseconds }
            let rest = due.map { min(left, .milliseconds(max($0, 10))) } ?? left
            await withGracefulShutdownHandler {
                await wakeup.rest(for: rest)
            } onGracefulShutdown: {
                wakeup.wake()
            }
        }
    }

    private func lease(for peer: Province, _ wish: OutboxWish) async throws -> LeasedBatch? {
        while true {
            let now = door.clock()
            let until = now.adding(milliseconds: limits.outboxLease.milliseconds)
            let most = BatchLimits(envelopes: wish.envelopes, bytes: limits.exchange.decodedBytes)
            let encoding = wish.encoding
            let packed: FrameEncoder = { frame, _ in EncodedContent(frame: frame) }
            let leased = try await store.leaseBatch(
                for: peer, limits: most, at: now, until: until, packed: encoding == .zstd ? packed : nil
            ) { try EncodedContent($0, in: encoding) }
            guard let leased else { return nil }
            guard let mismatch = wish.mismatch(with: leased) else { return leased }
            try await store.reopen(
                leased.id, inBatchesOf: min(leased.envelopes.count, wish.envelopes), because: mismatch.rawValue, at: now
            )
        }
    }
}

/// What the caller of an outbox asks for.
struct OutboxWish: Sendable {
    /// The longest wait that is granted.
    static let longestWait = Duration.seconds(60)

    var envelopes: Int
    var wait: Duration
    /// In which a new batch is encoded.
    var encoding: ContentEncoding
    /// Those that the caller names in `Accept-Encoding`; nil for every one of the protocol's.
    private var accepted: Set<ContentEncoding>?

    /// Default: as many envelopes as a batch may hold, and no wait.
    /// - Throws: `WireError` `REQUEST_INVALID` for a parameter that is no whole number in its bounds.
    init(_ request: HTTPRequestComponents, limits: GatewayConfiguration.Limits) throws(WireError) {
        let pairs = (request.query ?? "").split(separator: "&").map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        }
        func number(_ name: String, _ range: ClosedRange<Int>) throws(WireError) -> Int? {
            let found = pairs.filter { $0[0] == name }
            guard let pair = found.first else { return nil }
            guard found.count == 1, pair.count == 2, let value = Int(pair[1]), range.contains(value) else {
                throw WireError(.requestInvalid, "The parameter \(name) is not a whole number of its range.")
            }
            return value
        }
        let most = limits.exchange.envelopes
        envelopes = min(try number("limit", 1...1_000_000) ?? most, most)
        wait = min(.seconds(try number("wait", 0...3_600) ?? 0), Self.longestWait)
        accepted = request.fields.combined("accept-encoding").map(Self.encodings)
        encoding =
            accepted.map { names in ContentEncoding.preferred.first(where: names.contains) ?? .identity } ?? .gzip
    }

    private static func encodings(_ field: String) -> Set<ContentEncoding> {
        let named = field.lowercased().split(separator: ",").compactMap { item -> ContentEncoding? in
            let parts = item.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let name = parts.first, !parts.dropFirst().contains(where: { ["q=0", "q=0.0"].contains($0) }) else {
                return nil
            }
            return ContentEncoding(rawValue: name)
        }
        return Set(named + [.identity])
    }

    /// Why a batch that was formed for other wishes cannot be given; nil when it can.
    func mismatch(with batch: LeasedBatch) -> WireErrorCode? {
        if batch.envelopes.count > envelopes { return .batchTooLong }
        guard let accepted, let encoding = try? ContentEncoding(field: batch.content.encoding) else { return nil }
        return accepted.contains(encoding) ? nil : .encodingUnsupported
    }
}
