/// The stable codes that a gateway answers errors with. Raw values are what travels, in the `code` member of
/// `application/problem+json`.
public enum WireErrorCode: String, Sendable, Hashable, CaseIterable {
    /// No signature with the label `yizhan`.
    case signatureMissing = "SIGNATURE_MISSING"
    /// A signature that does not verify, does not cover what it must, or is by a key that is not in force.
    case signatureInvalid = "SIGNATURE_INVALID"
    /// A signature outside its window: sign anew and send again.
    case signatureExpired = "SIGNATURE_EXPIRED"
    /// A nonce that was used before: sign anew and send again.
    case nonceReplayed = "NONCE_REPLAYED"
    /// The TLS identity is no configured peer.
    case peerUnknown = "PEER_UNKNOWN"
    /// TLS identity, signing key and `from` do not name one province.
    case identityMismatch = "IDENTITY_MISMATCH"
    /// The content is not what `Content-Digest` says.
    case digestMismatch = "DIGEST_MISMATCH"
    /// A request that no other code describes: a `POST` with a query, a header that cannot be read.
    case requestInvalid = "REQUEST_INVALID"
    case notFound = "NOT_FOUND"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    /// The batch id was used before with other content.
    case batchIDReused = "BATCH_ID_REUSED"
    case bodyTooLarge = "BODY_TOO_LARGE"
    case batchTooLong = "BATCH_TOO_LONG"
    case encodingUnsupported = "ENCODING_UNSUPPORTED"
    case batchUnreadable = "BATCH_UNREADABLE"
    case internalError = "INTERNAL_ERROR"
    case busy = "BUSY"
    case storageFull = "STORAGE_FULL"

    /// The HTTP status that the code travels with.
    public var status: Int {
        switch self {
        case .digestMismatch, .requestInvalid: 400
        case .signatureMissing, .signatureInvalid, .signatureExpired, .nonceReplayed: 401
        case .peerUnknown, .identityMismatch: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .batchIDReused: 409
        case .bodyTooLarge, .batchTooLong: 413
        case .encodingUnsupported: 415
        case .batchUnreadable: 422
        case .internalError: 500
        case .busy, .storageFull: 503
        }
    }

    /// A short English summary, the same each time.
    public var title: String {
        switch self {
        case .signatureMissing: "The message has no signature labelled yizhan"
        case .signatureInvalid: "The signature is not valid"
        case .signatureExpired: "The signature is outside its window"
        case .nonceReplayed: "The nonce was used before"
        case .peerUnknown: "The caller is not a configured peer"
        case .identityMismatch: "The identities in the request do not agree"
        case .digestMismatch: "The content does not match its digest"
        case .requestInvalid: "The request is not valid"
        case .notFound: "There is nothing at this path"
        case .methodNotAllowed: "The method is not allowed here"
        case .batchIDReused: "The batch id was used before with other content"
        case .bodyTooLarge: "The content is too large"
        case .batchTooLong: "The batch has too many envelopes"
        case .encodingUnsupported: "The content type or encoding is not supported"
        case .batchUnreadable: "The batch cannot be read"
        case .internalError: "The gateway failed"
        case .busy: "The gateway cannot take more now"
        case .storageFull: "The gateway has no room to store more"
        }
    }
}
