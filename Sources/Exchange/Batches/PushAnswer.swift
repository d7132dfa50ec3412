import Interchange

/// What a peer's answer to a push means.
public enum PushAnswer: Sendable, Hashable {
    /// Settles its envelopes.
    case receipt(VerifiedReceipt)
    /// The peer said, under its signature, that it does not take the batch.
    case refused(SignedRefusal)
    /// Settles nothing: nobody knows who said it.
    case unverified(UnverifiedAnswer)
}

public struct VerifiedReceipt: Sendable, Hashable {
    public let receipt: Receipt
    /// The receipt as it was signed, decoded; kept for evidence.
    public let content: [UInt8]
    public let evidence: SignatureEvidence
}

public struct SignedRefusal: Sendable, Hashable {
    public let problem: ProblemDetails
    public let retryAfterSeconds: Int?
    public let evidence: SignatureEvidence

    /// Whether the same batch may be signed anew and sent again at once: nonce and window, which open no circuit.
    public var asksForNewSignature: Bool {
        problem.knownCode == .nonceReplayed || problem.knownCode == .signatureExpired
    }
}

public struct UnverifiedAnswer: Sendable, Hashable {
    public let status: Int
    /// Why it does not verify.
    public let reason: String
    /// The same as one stable word: a ``WireErrorCode``, `RECEIPT_UNREADABLE`, `RECEIPT_MISMATCH`.
    public let code: String
    /// Lengthens the backoff; only of a 429 or 503, which a proxy may have said.
    public let retryAfterSeconds: Int?

    init(_ response: TransportResponse, because error: any Error, at now: Instant) {
        status = response.status
        reason = "\(error)"
        code =
            switch error {
            case let error as WireError: error.code.rawValue
            case let error as ReceiptError: error.code
            default: WireErrorCode.signatureInvalid.rawValue
            }
        retryAfterSeconds = [429, 503].contains(response.status) ? response.fields.retryAfterSeconds(at: now) : nil
    }
}
