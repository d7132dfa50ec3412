/// A signature with its base, as it is kept for evidence: enough to verify it years later with the signer's key.
public struct KeptSignature: Sendable, Hashable {
    public var keyID: String
    public var signature: [UInt8]
    /// The bytes that were signed (RFC 9421, 2.5); the last line has the parameters.
    public var base: [UInt8]

    public init(keyID: String, signature: [UInt8], base: [UInt8]) {
        (self.keyID, self.signature, self.base) = (keyID, signature, base)
    }

    public init(_ evidence: SignatureEvidence) {
        self.init(keyID: evidence.keyID, signature: evidence.signature, base: evidence.base)
    }

    /// Key id, signature in base64, and base, each after a newline: the form in the store.
    public var text: String { "\(keyID)\n\(Base64.encode(signature))\n\(String(decoding: base, as: UTF8.self))" }

    /// Reads what ``text`` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64.decode(String(parts[1])) else { return nil }
        self.init(keyID: String(parts[0]), signature: signature, base: Array(parts[2].utf8))
    }

    /// Whether the key made the signature.
    public func isValid(by key: VerificationKey) -> Bool { key.keyID == keyID && key.isValid(signature, for: base) }

    /// The value of a component in the base, by its identifier as it stands there: `"content-digest"`, `"yizhan-batch";req`.
    public func value(of component: String) -> String? {
        String(decoding: base, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(component + ": ") }
            .map { String($0.dropFirst(component.utf8.count + 2)) }
    }

    /// Whether the parameters have this tag.
    public func hasTag(_ tag: SignatureProfile.Tag) -> Bool {
        value(of: #""@signature-params""#)?.contains(#";tag="\#(tag.rawValue)""#) ?? false
    }
}

extension HTTPMessageComponents {
    /// The signature that a message of our own carries; it is not verified.
    public var signature: KeptSignature? {
        guard let (input, bytes) = try? MessageVerifier.signature(in: fields), let keyID = input.keyID,
            let base = try? input.base(for: self)
        else { return nil }
        return KeptSignature(keyID: keyID, signature: bytes, base: base)
    }
}
