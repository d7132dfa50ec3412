import Crypto

/// What both halves of a note's key have: the name, and the id that stands in a signature.
enum NoteKeyID {
    /// The signature type of a plain Ed25519 signature (C2SP signed-note).
    static let ed25519: UInt8 = 0x01

    /// SHA-256(name ‖ 0x0A ‖ type ‖ public key), the first four bytes, big-endian.
    static func of(name: String, type: UInt8, publicKey: [UInt8]) -> UInt32 {
        let digest = Digest256(hashing: Array(name.utf8) + [0x0A, type] + publicKey)
        return digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A key's name is not empty and has neither spaces, control characters nor `+`.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !$0.properties.isWhitespace && $0 != "+" }
    }

    static var malformed: AuditError { AuditError(.keyMalformed, "This is not a note's Ed25519 key.") }
}

/// A note's key as its owner publishes it, whatever it signs: `name+hash+base64`, where the hash is eight lower-case hexadecimal
/// digits and the base64 is that of the signature type and the public key (C2SP signed-note).
struct NoteKeyText: CustomStringConvertible {
    let name: String
    let type: UInt8
    let publicKey: [UInt8]

    init(name: String, type: UInt8, publicKey: [UInt8]) {
        (self.name, self.type, self.publicKey) = (name, type, publicKey)
    }

    /// - Throws: `keyMalformed` for another form or type, or a hash that is not the key's.
    init(parsing text: String, type: UInt8) throws(AuditError) {
        let parts = text.utf8.split(separator: 0x2B, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let encoded = Base64.decode(parts[2]), encoded.first == type else {
            throw NoteKeyID.malformed
        }
        self.init(name: String(Substring(parts[0])), type: type, publicKey: Array(encoded.dropFirst()))
        guard description.utf8.elementsEqual(text.utf8) else { throw NoteKeyID.malformed }
    }

    var id: UInt32 { NoteKeyID.of(name: name, type: type, publicKey: publicKey) }
    /// The id in eight lower-case hexadecimal digits.
    var idText: String { Hexadecimal.encode(withUnsafeBytes(of: id.bigEndian) { Array($0) }) }

    var description: String {
        "\(name)+\(idText)+\(String(decoding: Base64.encode([type] + publicKey), as: UTF8.self))"
    }
}

/// The public half of a key that signs notes, as its owner publishes it: `name+hash+base64`.
public struct NoteVerifierKey: Sendable, CustomStringConvertible {
    public let name: String
    public let id: UInt32
    /// 32 bytes, as in RFC 8032.
    public let publicKey: [UInt8]
    private let key: Curve25519.Signing.PublicKey

    /// - Throws: `keyMalformed` for a name that cannot stand in a note or a key that is not 32 bytes.
    public init(name: String, publicKey: [UInt8]) throws(AuditError) {
        guard NoteKeyID.isName(name), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
            throw NoteKeyID.malformed
        }
        self.name = name
        self.publicKey = publicKey
        self.key = key
        id = NoteKeyID.of(name: name, type: NoteKeyID.ed25519, publicKey: publicKey)
    }

    /// Reads `name+hash+base64`: the hash is eight lower-case hexadecimal digits and must be that of the key.
    /// - Throws: `keyMalformed`.
    public init(parsing text: String) throws(AuditError) {
        let read = try NoteKeyText(parsing: text, type: NoteKeyID.ed25519)
        try self.init(name: read.name, publicKey: read.publicKey)
    }

    private var text: NoteKeyText { NoteKeyText(name: name, type: NoteKeyID.ed25519, publicKey: publicKey) }
    /// `name+hash+base64`.
    public var description: String { text.description }
    /// The id in eight lower-case hexadecimal digits.
    public var idText: String { text.idText }

    func isValid(_ signature: [UInt8], over text: [UInt8]) -> Bool { key.isValidSignature(signature, for: text) }
}

extension NoteVerifierKey: Hashable {
    public static func == (left: NoteVerifierKey, right: NoteVerifierKey) -> Bool {
        left.name == right.name && left.publicKey == right.publicKey
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(publicKey)
    }
}

/// A key that signs notes. It prints only its name.
public struct NoteSigner: Sendable, CustomStringConvertible {
    public let verifierKey: NoteVerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: the private key, 32 bytes (RFC 8032).
    /// - Throws: `keyMalformed`.
    public init(name: String, seed: some Collection<UInt8>) throws(AuditError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: Array(seed)) else {
            throw NoteKeyID.malformed
        }
        verifierKey = try NoteVerifierKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
        self.key = key
    }

    public var name: String { verifierKey.name }
    public var description: String { "NoteSigner(\(name))" }

    /// - Throws: `signatureInvalid` when the cryptographic library fails.
    func signature(over text: [UInt8]) throws(AuditError) -> NoteSignature {
        guard let bytes = try? key.signature(for: text) else {
            throw AuditError(.signatureInvalid, "The note could not be signed.")
        }
        return NoteSignature(name: name, keyID: verifierKey.id, bytes: Array(bytes))
    }
}
