/// Why a key was not taken. Never holds key material.
public struct KeyError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// Neither PEM, nor a JWK, nor 32 bytes in base64.
        case unreadable
        /// Readable, but neither Ed25519 nor P-256.
        case unsupported
        /// A public key where a private one is needed, or the other way.
        case wrongHalf
        /// The bytes are not a key of their algorithm.
        case invalid
    }

    public let code: Code
    public let message: String
    /// What the operator does about it.
    public let remedy: String

    public init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(message) \(remedy)" }

    static let unreadable = KeyError(
        .unreadable, "The key cannot be read.",
        remedy: "Give it as PEM (SPKI for a public, PKCS#8 for a private key), as a JWK, or as 32 bytes in base64.")
    static let unsupported = KeyError(
        .unsupported, "The key is neither Ed25519 nor P-256.", remedy: "Make an Ed25519 key.")
    static let invalid = KeyError(
        .invalid, "The bytes are not a key of their algorithm.", remedy: "Ask the key's owner for it again.")
    static let needsPublic = KeyError(
        .wrongHalf, "This is a private key where a public one is needed.",
        remedy: "Give the public key, and replace the pair if the private one has travelled.")
    static let needsPrivate = KeyError(
        .wrongHalf, "This is a public key where a private one is needed.", remedy: "Give the private key.")
}
