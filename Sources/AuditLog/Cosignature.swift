import Crypto

/// The public half of a key with which a witness cosigns checkpoints (C2SP `tlog-cosignature`): a note's key of type 0x04.
public struct CosignerKey: Sendable, CustomStringConvertible {
    /// The signature type of a timestamped Ed25519 cosignature.
    static let type: UInt8 = 0x04

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
        id = NoteKeyID.of(name: name, type: Self.type, publicKey: publicKey)
    }

    /// The key with which the owner of a log cosigns other logs: the log's own under another type. The two cannot be taken
    /// for one another: a checkpoint's second line is a size, a cosigned message's is a time.
    public init(of log: NoteVerifierKey) throws(AuditError) { try self.init(name: log.name, publicKey: log.publicKey) }

    /// Reads `name+hash+base64`: the hash is eight lower-case hexadecimal digits and must be that of the key.
    /// - Throws: `keyMalformed`.
    public init(parsing text: String) throws(AuditError) {
        let read = try NoteKeyText(parsing: text, type: Self.type)
        try self.init(name: read.name, publicKey: read.publicKey)
    }

    private var text: NoteKeyText { NoteKeyText(name: name, type: Self.type, publicKey: publicKey) }
    /// `name+hash+base64`.
    public var description: String { text.description }
    /// The id in eight lower-case hexadecimal digits.
    public var idText: String { text.idText }

    /// When the signature was made, if this key made it over the note's text.
    func time(of signature: NoteSignature, on text: String) -> UInt64? {
        guard signature.bytes.count == 72 else { return nil }
        let time = signature.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard time <= UInt64(Int64.max),
            key.isValidSignature(signature.bytes.dropFirst(8), for: Cosignature.message(text, at: time))
        else { return nil }
        return time
    }
}

/// A witness's statement that, at a time, a checkpoint was the largest it had seen of a log, and continued all before.
public struct Cosignature: Sendable {
    public var key: CosignerKey
    /// Seconds since 1970.
    public var time: UInt64

    /// What is signed: two lines of its own, then the checkpoint's text.
    static func message(_ text: String, at time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
    }
}

extension NoteSigner {
    /// With which this signer cosigns the checkpoints of other logs.
    public var cosignerKey: CosignerKey { get throws(AuditError) { try CosignerKey(of: verifierKey) } }

    /// Cosigns a checkpoint's text.
    /// - Parameter time: seconds since 1970.
    /// - Throws: `signatureInvalid` when the cryptographic library fails.
    public func cosign(_ text: String, at time: UInt64) throws(AuditError) -> NoteSignature {
        let plain = try signature(over: Cosignature.message(text, at: time))
        let stamp = withUnsafeBytes(of: time.bigEndian) { Array($0) }
        return NoteSignature(name: name, keyID: try cosignerKey.id, bytes: stamp + plain.bytes)
    }
}

extension SignedNote {
    /// The cosignatures of these witnesses, each of which must verify; signatures by others are passed over, and so are
    /// repetitions.
    /// - Throws: `signatureInvalid` when one by a known key does not verify.
    public func cosignatures(by keys: [CosignerKey]) throws(AuditError) -> [Cosignature] {
        var found: [Cosignature] = []
        for signature in signatures {
            guard let key = keys.first(where: { $0.id == signature.keyID && $0.name == signature.name }),
                !found.contains(where: { $0.key.id == key.id && $0.key.name == key.name })
            else { continue }
            guard let time = key.time(of: signature, on: text) else {
                throw AuditError(.signatureInvalid, "The cosignature of key \(key.idText) does not verify.")
            }
            found.append(Cosignature(key: key, time: time))
        }
        return found
    }
}
