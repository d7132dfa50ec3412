import AuditLog
import Exchange
import Interchange
import Store

extension ContentDigest {
    /// The store's SHA-256 as it travels.
    init(_ digest: Digest256) {
        self = withUnsafeBytes(of: digest) { ContentDigest(reading: $0) } ?? ContentDigest(of: digest.bytes)
    }
}

extension SentEnvelope {
    init(_ envelope: EnvelopeReference) { self.init(id: envelope.id, digest: ContentDigest(envelope.digest)) }
}

extension EncodedContent {
    /// Lines encoded as they will be sent.
    init(_ lines: [UInt8], in encoding: ContentEncoding) throws {
        let content = try encoding.encode(lines)
        self.init(bytes: content, encoding: encoding.fieldValue, digest: Digest256(hashing: content))
    }
}

extension EncodedContent {
    /// - Parameter frame: of zstd.
    init(frame: [UInt8]) {
        self.init(bytes: frame, encoding: ContentEncoding.zstd.fieldValue, digest: Digest256(hashing: frame))
    }
}

extension OutgoingBatch {
    /// A leased batch as the wire knows it.
    init(_ leased: LeasedBatch) {
        self.init(
            id: leased.id, to: leased.peer, content: leased.content.bytes,
            encoding: (try? ContentEncoding(field: leased.content.encoding)) ?? .identity,
            digest: ContentDigest(leased.content.digest), envelopes: leased.envelopes.map { SentEnvelope($0) })
    }
}

extension Settlement {
    /// What a verified receipt settles.
    /// - Parameter request: the signature of our message that brought the batch, for evidence; nil when it is not known any more.
    init(
        _ receipt: Receipt, content: [UInt8], evidence: SignatureEvidence, request: KeptSignature?, by peer: Province,
        at now: Instant
    ) {
        self.init(
            batch: receipt.batch, peer: peer, verdicts: receipt.results.map(\.outcome.verdict),
            finals: receipt.results.map(\.outcome.final), receipt: content, signature: KeptSignature(evidence).text,
            request: request?.text, at: now)
    }
}

extension EnvelopeOutcome {
    /// What the outcome means to the sender.
    var verdict: Settlement.Verdict {
        switch self {
        case .accepted, .duplicate: .settled
        case .stale(let held): held.verdict(isConflict: false)
        case .parked: .parked
        case .rejected(let violations):
            .rejected(violations.map { PeerFinding(code: $0.code, pointer: $0.pointer) })
        case .conflict(let held): held.verdict(isConflict: true)
        }
    }
}

extension HeldVersion {
    fileprivate func verdict(isConflict: Bool) -> Settlement.Verdict {
        guard let digest = Digest256(self.digest.bytes) else { return .refused(conflict: true, codes: []) }
        return .held(Outcome.Held(version: version, digest: digest), isConflict: isConflict)
    }
}
