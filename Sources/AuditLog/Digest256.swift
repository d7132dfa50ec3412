import Hashing

/// 32 bytes of SHA-256: a node of the Merkle tree, an envelope's digest, a pseudonym. A trivial value, kept out of the heap.
public struct Digest256: Sendable, Hashable {
    private var word0: UInt64 = 0
    private var word1: UInt64 = 0
    private var word2: UInt64 = 0
    private var word3: UInt64 = 0

    /// How many bytes a digest has.
    public static let byteCount = 32

    /// Nil unless there are exactly 32 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: bytes) }
    }

    /// - Parameter bytes: at least 32, of which the first 32 are read.
    init(reading bytes: UnsafeRawBufferPointer) { self = bytes.loadUnaligned(as: Digest256.self) }

    private init() {}

    /// 32 zeros, which nothing known hashes to: stands for no digest where the width is fixed.
    public static let zero = Digest256()

    public var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }

    public func append(to out: inout [UInt8]) { withUnsafeBytes(of: self) { out.append(contentsOf: $0) } }

    /// SHA-256 of the bytes.
    public init(hashing bytes: UnsafeRawBufferPointer) {
        var state = HashState()
        state.update(bytes)
        self = state.finish()
    }

    /// SHA-256 of the bytes.
    public init(hashing bytes: [UInt8]) { self = bytes.withUnsafeBytes { Digest256(hashing: $0) } }
}

extension Digest256 {
    /// The root of the tree without entries: SHA-256 of nothing (RFC 9162, 2.1.1).
    public static let emptyRoot = Digest256(hashing: [])

    /// SHA-256(0x00 ‖ entry), the hash of a leaf (RFC 9162, 2.1.1).
    public static func leaf(_ entry: UnsafeRawBufferPointer) -> Digest256 {
        var state = leafState
        state.update(entry)
        return state.finish()
    }

    /// SHA-256(0x00 ‖ entry), the hash of a leaf (RFC 9162, 2.1.1).
    public static func leaf(_ entry: [UInt8]) -> Digest256 { entry.withUnsafeBytes { leaf($0) } }

    /// SHA-256(0x01 ‖ left ‖ right), the hash of an inner node (RFC 9162, 2.1.1).
    public static func node(_ left: Digest256, _ right: Digest256) -> Digest256 {
        var state = nodeState
        state.update(left)
        state.update(right)
        return state.finish()
    }

    private static let leafState = begun(with: 0x00)
    private static let nodeState = begun(with: 0x01)

    private static func begun(with byte: UInt8) -> HashState {
        var state = HashState()
        state.update(byte: byte)
        return state
    }
}

extension Digest256: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }

    /// Standard base64 with padding (RFC 4648, 4), 44 characters: the form on the wire and in entries.
    public var base64: String { String(decoding: Base64.encode(bytes), as: UTF8.self) }

    /// Nil unless the text is the canonical base64 of 32 bytes.
    public init?(base64 text: some StringProtocol) {
        guard let bytes = Base64.decode(text.utf8) else { return nil }
        self.init(bytes)
    }

    /// Whether ``init(base64:)`` reads the text.
    static func isBase64(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count == 44 else { return false }
            return withUnsafeTemporaryAllocation(byteCount: 33, alignment: 1) {
                Base64.decode(bytes, to: $0) == byteCount
            }
        }
    }

    /// Nil unless the text is 64 lower-case hexadecimal digits.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text.utf8) else { return nil }
        self.init(bytes)
    }
}
