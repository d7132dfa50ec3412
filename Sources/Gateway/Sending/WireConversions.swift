import AuditLog
import Exchange
import Foundation
import Interchange
import Store

extension ContentDigest {
    /// The store's SHA-256 as it travels.
    init(_ digest: Digest256) { self = ContentDigest(bytes: digest.bytes) ?? ContentDigest(of: digest.bytes) }
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
    init(_ receipt: Receipt, content: [UInt8], evidence: SignatureEvidence, by peer: Province, at now: Instant) {
        self.init(
            batch: receipt.batch, peer: peer, verdicts: receipt.results.map(\.outcome.verdict), receipt: content,
            signature: evidence.kept, at: now)
    }
}

extension EnvelopeOutcome {
    /// What the outcome means to the sender.
    var verdict: Settlement.Verdict {
        switch self {
        case .accepted, .duplicate, .stale: .settled
        case .parked: .parked
        case .rejected(let violations): .refused(conflict: false, codes: violations.map(\.code))
        case .conflict: .refused(conflict: true, codes: [])
        }
    }
}

extension SignatureEvidence {
    /// The signature and its base as they are kept: enough to verify the receipt years later.
    fileprivate var kept: String {
        "\(keyID)\n\(Data(signature).base64EncodedString())\n\(String(decoding: base, as: UTF8.self))"
    }
}
