/// A signature line of a note.
public struct NoteSignature: Sendable, Hashable {
    public var name: String
    public var keyID: UInt32
    /// What follows the key's id: for Ed25519 64 bytes.
    public var bytes: [UInt8]

    public init(name: String, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }
}

/// A text with signatures in the C2SP `signed-note` form: the text, an empty line, then a line `— name base64` for each
/// signature.
public struct SignedNote: Sendable, Hashable, CustomStringConvertible {
    /// More signatures than this are refused.
    public static let mostSignatures = 100
    /// A longer note is refused, in bytes.
    public static let longest = 1 << 20

    /// Ends with a newline, which is signed too.
    public let text: String
    public private(set) var signatures: [NoteSignature]

    /// - Throws: `noteMalformed` when the text does not end with a newline or holds control characters.
    public init(text: String) throws(AuditError) {
        guard text.utf8.last == 0x0A, Self.isPrintable(text.utf8) else { throw Self.malformed }
        self.text = text
        signatures = []
    }

    /// Adds a signature after those that are there.
    public mutating func sign(with signer: NoteSigner) throws(AuditError) {
        signatures.append(try signer.signature(over: Array(text.utf8)))
    }

    public mutating func add(_ signature: NoteSignature) { signatures.append(signature) }

    /// The note as it travels.
    public var description: String {
        text + "\n" + signatures.map(\.line).joined()
    }
}

extension NoteSignature {
    /// As it stands under a note: `— name base64`, with its newline.
    public var line: String {
        let id = withUnsafeBytes(of: keyID.bigEndian) { Array($0) }
        return "— \(name) \(String(decoding: Base64.encode(id + bytes), as: UTF8.self))\n"
    }
}

extension SignedNote {
    /// Reads a note's form. Its signatures are not judged: see ``verified(by:)``.
    /// - Throws: `noteMalformed`.
    public init(parsing bytes: some Collection<UInt8>) throws(AuditError) {
        guard bytes.count <= Self.longest, let whole = String(validating: bytes, as: UTF8.self),
            Self.isPrintable(whole.utf8),
            let end = Self.endOfText(Array(bytes))
        else { throw Self.malformed }
        text = String(decoding: bytes.prefix(end), as: UTF8.self)
        var lines = bytes.dropFirst(end + 1).split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.popLast()?.isEmpty == true, (1...Self.mostSignatures).contains(lines.count) else {
            throw Self.malformed
        }
        signatures = []
        for line in lines { signatures.append(try Self.signature(Array(line))) }
    }

    /// The index after the newline that ends the text: the last empty line follows it.
    private static func endOfText(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 2 else { return nil }
        return (1..<bytes.count).last { bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A }
    }

    private static func signature(_ line: [UInt8]) throws(AuditError) -> NoteSignature {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("—".utf8) else { throw malformed }
        let name = String(decoding: parts[1], as: UTF8.self)
        guard NoteKeyID.isName(name), let bytes = Base64.decode(parts[2]), bytes.count > 4 else { throw malformed }
        let id = bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return NoteSignature(name: name, keyID: id, bytes: Array(bytes.dropFirst(4)))
    }

    private static func isPrintable(_ text: String.UTF8View) -> Bool { text.allSatisfy { $0 >= 0x20 || $0 == 0x0A } }

    private static var malformed: AuditError { AuditError(.noteMalformed, "This is not a signed note.") }
}

extension SignedNote {
    /// The signatures by known keys, each of which must verify; signatures by others are passed over. A line that repeats
    /// a key's signature is passed over too.
    /// - Throws: `signatureInvalid` when one by a known key does not verify; `noteUnsigned` when there is none.
    public func verified(by keys: [NoteVerifierKey]) throws(AuditError) -> [NoteVerifierKey] {
        var signers: [NoteVerifierKey] = []
        for signature in signatures {
            guard let key = keys.first(where: { $0.id == signature.keyID && $0.name == signature.name }),
                !signers.contains(where: { $0.id == key.id && $0.name == key.name })
            else { continue }
            guard key.isValid(signature.bytes, over: Array(text.utf8)) else {
                throw AuditError(.signatureInvalid, "The signature of key \(key.idText) does not verify.")
            }
            signers.append(key)
        }
        guard !signers.isEmpty else {
            throw AuditError(.noteUnsigned, "No known key has signed the note.")
        }
        return signers
    }
}
