import Crypto
import RawStructuredFieldValues

/// A SHA-256 value in the form of RFC 9530: `sha-256=:<base64>:`. The digest of a batch's content as encoded, and of an
/// envelope's line without its newline.
public struct ContentDigest: Sendable, Hashable, CustomStringConvertible {
    /// Four big-endian words, so that a digest is a trivial value.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter bytes: exactly 32.
    public init?(bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes({ ContentDigest(reading: $0) }) else { return nil }
        self = digest
    }

    /// - Parameter bytes: exactly 32.
    public init?(reading bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ place: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// - Parameter words: big-endian.
    init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// The digest of these bytes.
    public init(of content: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: content)
        let digest = hash.finalize()
        self = digest.withUnsafeBytes { ContentDigest(reading: $0) } ?? ContentDigest(words: (0, 0, 0, 0))
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
            let words = Base64.words(ofDigest: UnsafeRawBufferPointer(rebasing: text[Self.prefix.count..<53]))
        else { return nil }
        self.init(words: words)
    }

    /// Reads a `Content-Digest` field: a dictionary with exactly one member, `sha-256`, of 32 bytes; nil for anything else.
    public init?(field: String) {
        var parser = StructuredFieldValueParser(Array(field.utf8))
        guard field.utf8.count <= 256, let members = try? parser.parseDictionaryFieldValue(), members.count == 1,
            case .item(let item)? = members["sha-256"], item.rfc9651Parameters.isEmpty,
            case .undecodedByteSequence(let text) = item.rfc9651BareItem,
            let bytes = Base64.decode(text)
        else { return nil }
        self.init(bytes: bytes)
    }

    public var bytes: [UInt8] { withBytes { Array($0) } }

    private func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withUnsafeBytes(
            of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian), body)
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
        withBytes { Base64.append(digest: $0, to: &out) }
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
