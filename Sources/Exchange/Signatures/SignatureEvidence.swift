import Interchange

/// A verified signature with all that shows it to a third party later.
public struct SignatureEvidence: Sendable, Hashable {
    public let keyID: String
    public let nonce: String
    public let created: Instant
    public let expires: Instant?
    /// The bytes that were signed; the last line has the parameters.
    public let base: [UInt8]
    /// 64 bytes.
    public let signature: [UInt8]

    public init(
        keyID: String, nonce: String, created: Instant, expires: Instant?, base: [UInt8], signature: [UInt8]
    ) {
        self.keyID = keyID
        self.nonce = nonce
        self.created = created
        self.expires = expires
        self.base = base
        self.signature = signature
    }

    /// Whether the key made the signature. The key's validity at ``created`` is judged apart, by its ring.
    public func isValid(by key: VerificationKey) -> Bool { key.keyID == keyID && key.isValid(signature, for: base) }
}
