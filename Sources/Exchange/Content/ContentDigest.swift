import Crypto
import RawStructuredFieldValues

/// A SHA-256 value in the form of RFC 9530: `sha-256=:<base64>:`. The digest of a batch's content as encoded, and of an
/// envelope's line without its newline.
public struct ContentDigest: Sendable, Hashable, CustomStringConvertible {
    /// Four big-endian words, so that a digest is a trivial value.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter bytes: exactly 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.init(thirtyTwo: bytes)
    }

    private init(thirtyTwo bytes: some Sequence<UInt8>) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (position, byte) in bytes.enumerated() {
            switch position >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        self.words = words
    }

    /// The digest of these bytes.
    public init(of content: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: content)
        self.init(thirtyTwo: hash.finalize())
    }

    public init(of content: [UInt8]) { self = content.withUnsafeBytes { ContentDigest(of: $0) } }

    /// Reads exactly what ``description`` writes; nil for anything else. For digests inside our own documents.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let digest = bytes.withUnsafeBytes({ ContentDigest(utf8: $0) }) else { return nil }
        self = digest
    }

    public init?(utf8 text: UnsafeRawBufferPointer) {
        guard text.count == 54, text.starts(with: Self.prefix), text[53] == 0x3A,
            let bytes = Base64.decode(utf8: text[Self.prefix.count..<53]), bytes.count == 32
        else { return nil }
        self.init(thirtyTwo: bytes)
    }

    /// Reads a `Content-Digest` field: a dictionary with exactly one member, `sha-256`, of 32 bytes; nil for anything else.
    public init?(field: String) {
        var parser = StructuredFieldValueParser(Array(field.utf8))
        guard field.utf8.count <= 256, let members = try? parser.parseDictionaryFieldValue(), members.count == 1,
            case .item(let item)? = members["sha-256"], item.rfc9651Parameters.isEmpty,
            case .undecodedByteSequence(let text) = item.rfc9651BareItem,
            let bytes = Base64.decode(text), bytes.count == 32
        else { return nil }
        self.init(thirtyTwo: bytes)
    }

    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(32)
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                out.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return out
    }

    /// `sha-256=:<base64>:`, 54 ASCII characters.
    public var description: String {
        var out: [UInt8] = []
        append(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// The 54 ASCII bytes of ``description``.
    public func append(to out: inout [UInt8]) {
        out.append(contentsOf: Self.prefix)
        Base64.append(bytes, to: &out)
        out.append(0x3A)
    }

    private static let prefix = Array("sha-256=:".utf8)

    /// Takes the same time whichever bits differ.
    public static func == (left: ContentDigest, right: ContentDigest) -> Bool {
        let first = (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1)
        let second = (left.words.2 ^ right.words.2) | (left.words.3 ^ right.words.3)
        return first | second == 0
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
