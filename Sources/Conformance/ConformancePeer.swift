import Exchange
import Interchange

/// The peer that a check plays: its certificate is in the transport, its key signs, and it remembers what it sent.
public actor ConformancePeer {
    let province: Province
    let other: Province
    let address: PeerAddress
    private let transport: any HTTPTransport
    private let key: SigningKey
    private let keys: KeyRing
    private let clock: WallClock
    private var maker: EnvelopeMaker
    /// Records that were applied, to be withdrawn.
    private var applied: [RecordID: TestEnvelope] = [:]
    /// The first answer to a signed request that did not verify.
    private(set) var firstUnsigned: String?
    /// The first 503 that came without `Retry-After`.
    private(set) var firstBusyWithoutDelay: String?
    /// Of `GET /v1/capabilities`, once it was read.
    private(set) var capabilities: StatedCapabilities?
    /// A batch that waited for this peer.
    private(set) var fetched: Observed?

    /// - Parameters:
    ///   - province: the one that is played; the transport's certificate names it.
    ///   - keys: with which the implementation signs.
    public init(
        province: Province, key: SigningKey, transport: any HTTPTransport, address: PeerAddress, other: Province,
        keys: KeyRing, clock: @escaping WallClock
    ) throws {
        self.province = province
        self.other = other
        self.address = address
        self.transport = transport
        self.key = key
        self.keys = keys
        self.clock = clock
        maker = try EnvelopeMaker(from: province, to: other, now: clock())
    }

    /// - Throws: `TransportError` when nobody answers, or not to this peer.
    public func connect() async throws {
        _ = try await transport.send(
            TransportRequest(method: "GET", url: "https://\(address.authority)\(address.path("/"))"))
    }

    // MARK: Envelopes

    func arrival() -> TestEnvelope { maker.arrival() }
    func departure(of arrival: TestEnvelope) -> TestEnvelope { maker.departure(of: arrival) }
    func retraction(of envelope: TestEnvelope) -> TestEnvelope { maker.retraction(of: envelope) }
    func version(_ version: Int, of envelope: TestEnvelope) -> TestEnvelope {
        maker.version(version, of: envelope)
    }

    // MARK: Requests

    /// A batch as it should be.
    func batch(
        of envelopes: [TestEnvelope], encoding: ContentEncoding = .identity, id: MessageID? = nil
    ) throws -> CraftedRequest {
        var lines: [UInt8] = []
        for envelope in envelopes { lines += envelope.line + [0x0A] }
        return batch(content: try encoding.encode(lines), encoding: encoding.fieldValue, id: id)
    }

    func batch(content: [UInt8], encoding: String? = nil, id: MessageID? = nil) -> CraftedRequest {
        var request = CraftedRequest(authority: address.authority, path: address.path(ExchangePath.batches))
        request.tag = .batch
        request.content = content
        request.fields = [
            "content-type": RequestReceiver.batchContentType, "content-digest": "\(ContentDigest(of: content))",
            "yizhan-batch": "\(id ?? maker.newID())",
        ]
        if let encoding { request.fields.append("content-encoding", encoding) }
        return request
    }

    func get(_ path: String, query: String? = nil) -> CraftedRequest {
        var request = CraftedRequest(authority: address.authority, path: address.path(path))
        request.method = "GET"
        request.query = query
        return request
    }

    /// - Parameter signer: who signs instead of this peer.
    func send(_ crafted: CraftedRequest, signedBy signer: SigningKey? = nil) async throws -> Observed {
        let request = try crafted.signed(by: signer ?? key, now: clock().seconds)
        var fields = request.fields
        if crafted.authority != address.authority { fields.append("host", crafted.authority) }
        let response = try await transport.send(
            TransportRequest(
                method: request.method, url: "https://\(address.authority)\(request.target)", fields: fields,
                content: crafted.content))
        let observed = observe(response, to: request, of: crafted)
        // No honest answer is as late as a request from the future: that one's own rule judges it.
        let isFromFuture = crafted.createdOffset > SignatureProfile.clockToleranceSeconds
        if observed.unsigned != nil, firstUnsigned == nil, !isFromFuture {
            firstUnsigned = "\(request.method) \(request.path): \(observed.words)"
        }
        if observed.status == 503, response.fields.retryAfterSeconds(at: clock()) == nil, firstBusyWithoutDelay == nil {
            firstBusyWithoutDelay = "\(request.method) \(request.path)"
        }
        return observed
    }

    private func observe(
        _ response: TransportResponse, to request: HTTPRequestComponents, of crafted: CraftedRequest
    ) -> Observed {
        let tag: SignatureProfile.Tag =
            switch (crafted.tag, response.status) {
            case (.batch, 200): .receipt
            case (_, 200) where response.fields.contains("yizhan-batch"): .batch
            default: .response
            }
        let components = HTTPResponseComponents(status: response.status, fields: response.fields, answering: request)
        var unsigned: String?
        do {
            _ = try MessageVerifier(tag: tag, now: clock()).verify(
                .response(components), hasContent: !response.content.isEmpty
            ) { (keyID, created) throws(WireError) in try keys.key(keyID, signedAt: created) }
            let stated = response.fields.single("content-digest").flatMap { ContentDigest(field: $0) }
            if !response.content.isEmpty, stated != ContentDigest(of: response.content) {
                unsigned = "its Content-Digest is not the content's"
            }
        } catch {
            unsigned = "\(error)"
        }
        let encoding = try? ContentEncoding(field: response.fields.single("content-encoding"))
        let content = try? encoding?.decode(response.content, limits: DecodingLimits(decodedBytes: 64 << 20))
        return Observed(request: request, response: response, unsigned: unsigned, content: content ?? [])
    }

    // MARK: Receipts

    /// Sends a batch that should be taken.
    /// - Throws: ``Unexpected`` unless the answer is a verified receipt for this batch.
    func receipt(for crafted: CraftedRequest, of envelopes: [TestEnvelope]) async throws -> (Receipt, [UInt8]) {
        let observed = try await send(crafted)
        guard observed.status == 200, observed.unsigned == nil else {
            throw Unexpected(expected: "200 with a signed receipt", found: observed.words)
        }
        do {
            let receipt = try Receipt(decoding: observed.content)
            let encoding = try ContentEncoding(field: crafted.fields.single("content-encoding"))
            guard let id = crafted.fields.single("yizhan-batch").flatMap({ MessageID($0) }) else {
                throw Unexpected(expected: "a batch id", found: "none")
            }
            try receipt.check(
                answers: OutgoingBatch(
                    id: id, to: other, content: crafted.content, encoding: encoding,
                    digest: ContentDigest(of: crafted.content), envelopes: envelopes.map(\.sent)), sentBy: province)
            remember(receipt, of: envelopes)
            return (receipt, observed.content)
        } catch let error as ReceiptError {
            throw Unexpected(expected: "a receipt that answers the batch", found: error.description)
        }
    }

    /// The outcomes of envelopes sent in one batch.
    func outcomes(
        of envelopes: [TestEnvelope], encoding: ContentEncoding = .identity
    ) async throws -> [EnvelopeOutcome] {
        try await receipt(for: batch(of: envelopes, encoding: encoding), of: envelopes).0.results.map(\.outcome)
    }

    /// Sends an arrival that must be applied.
    func applyArrival() async throws -> TestEnvelope {
        let envelope = arrival()
        let outcome = try await outcomes(of: [envelope])[0]
        guard outcome == .accepted else {
            throw Unexpected(expected: "accepted for a valid arrival", found: outcome.words)
        }
        return envelope
    }

    func remember(_ receipt: Receipt, of envelopes: [TestEnvelope]) {
        for (envelope, result) in zip(envelopes, receipt.results) where result.outcome == .accepted {
            guard envelope.kind != .retraction else { continue }
            if envelope.version >= applied[envelope.record]?.version ?? 0 { applied[envelope.record] = envelope }
        }
    }

    /// Withdraws everything that was applied, what refers first.
    /// - Returns: what did not answer `accepted`.
    func withdraw() async throws -> [EnvelopeOutcome] {
        let left = applied.values.sorted { ($0.kind == .arrival ? 1 : 0, $0.id) < ($1.kind == .arrival ? 1 : 0, $1.id) }
        guard !left.isEmpty else { return [] }
        let retractions = left.map { maker.retraction(of: $0) }
        let outcomes = try await outcomes(of: retractions)
        applied = [:]
        return outcomes.filter { $0 != .accepted }
    }

    func keep(fetched observed: Observed) { fetched = observed }

    var now: Instant { clock() }

    func newID() -> MessageID { maker.newID() }

    func learn(_ stated: StatedCapabilities) { capabilities = stated }

    nonisolated var keyID: String { key.keyID }

    func forget(_ envelope: TestEnvelope) { applied[envelope.record] = nil }
}

extension EnvelopeOutcome {
    /// In words, for a finding: no more than the receipt itself says.
    var words: String {
        if case .rejected(let violations) = self {
            return "rejected (\(violations.map { "\($0.code) at \($0.pointer)" }.joined(separator: ", ")))"
        }
        return name.rawValue
    }
}
