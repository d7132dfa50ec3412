import Crypto

/// A private key that signs messages. Prints as its public half's thumbprint.
public struct SigningKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    enum Material: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    private let material: Material
    /// The public half.
    public let verificationKey: VerificationKey

    init(_ material: Material) {
        self.material = material
        switch material {
        case .ed25519(let key): verificationKey = VerificationKey(.ed25519(key.publicKey))
        case .p256(let key): verificationKey = VerificationKey(.p256(key.publicKey))
        }
    }

    /// A new key, from the system's randomness. Its thumbprint never begins with `-`, which a command line takes for an option.
    public static func generate(_ algorithm: SignatureAlgorithm = .ed25519) -> SigningKey {
        while true {
            let key =
                switch algorithm {
                case .ed25519: SigningKey(.ed25519(Curve25519.Signing.PrivateKey()))
                case .ecdsaP256SHA256: SigningKey(.p256(P256.Signing.PrivateKey()))
                }
            if !key.keyID.hasPrefix("-") { return key }
        }
    }

    /// Reads a private key from PEM (`PRIVATE KEY`, or `EC PRIVATE KEY` for P-256), a JWK with `d`, or base64 or base64url of
    /// the 32 bytes of an Ed25519 private key.
    /// - Throws: `KeyError`; `wrongHalf` for a public key.
    public init(_ text: String) throws(KeyError) {
        self.init(try KeyText.privateKey(text))
    }

    public var algorithm: SignatureAlgorithm { verificationKey.algorithm }
    public var keyID: String { verificationKey.keyID }

    /// 64 bytes: RFC 8032, or r and s of P-256 as RFC 9421 section 3.3.4 wants them.
    public func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        do {
            switch material {
            case .ed25519(let key): return Array(try key.signature(for: message))
            case .p256(let key): return Array(try key.signature(for: message).rawRepresentation)
            }
        } catch {
            throw KeyError.invalid
        }
    }

    /// PKCS#8 PEM, for the key file.
    public var pem: String {
        switch material {
        case .ed25519(let key): KeyText.pem("PRIVATE KEY", KeyText.ed25519PrivatePrefix + Array(key.rawRepresentation))
        case .p256(let key): key.pemRepresentation
        }
    }

    public var description: String { "private half of \(verificationKey)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
