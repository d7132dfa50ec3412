import Crypto

/// The algorithms of RFC 9421 section 3.3 that gateways use. Raw values are the registered names.
///
/// SM2 with SM3 is another case here and another in the keys' material; nothing else knows an algorithm.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    case ed25519
    case ecdsaP256SHA256 = "ecdsa-p256-sha256"
}

/// A public key that verifies messages. The key decides the algorithm, never the message.
public struct VerificationKey: Sendable, Hashable, CustomStringConvertible {
    enum Material: Sendable {
        case ed25519(Curve25519.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    public let algorithm: SignatureAlgorithm
    /// The JWK thumbprint (RFC 7638) with SHA-256 in base64url, 43 characters. It travels as `keyid`.
    public let keyID: String
    let material: Material

    init(_ material: Material) {
        self.material = material
        switch material {
        case .ed25519: algorithm = .ed25519
        case .p256: algorithm = .ecdsaP256SHA256
        }
        let canonical = JWK.canonical(material)
        keyID = Base64.encodeURL(SHA256.hash(data: Array(canonical.utf8)))
    }

    /// Reads a public key from PEM (`PUBLIC KEY`), a JWK object, or base64 or base64url of the 32 bytes of an Ed25519 key.
    /// - Throws: `KeyError`; `wrongHalf` for a private key.
    public init(_ text: String) throws(KeyError) {
        self.init(try KeyText.publicKey(text))
    }

    /// - Parameter bytes: the 32 bytes of RFC 8032.
    public init(ed25519 bytes: [UInt8]) throws(KeyError) {
        self.init(try KeyText.ed25519(bytes))
    }

    /// Whether this key made the signature over exactly these bytes. False for a signature of the wrong length.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch material {
        case .ed25519(let key):
            return signature.count == 64 && key.isValidSignature(signature, for: message)
        case .p256(let key):
            guard let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(parsed, for: message)
        }
    }

    /// The public JWK, its members in the order of RFC 7638.
    public var jwk: String { JWK.canonical(material) }

    public var description: String { "\(algorithm.rawValue) \(keyID)" }

    public static func == (left: VerificationKey, right: VerificationKey) -> Bool { left.keyID == right.keyID }
    public func hash(into hasher: inout Hasher) { hasher.combine(keyID) }
}
