import AuditLog
import Hashing

/// The first 128 bits of a keyed hash: what a person is looked up by, or whether two contents are the same.
struct ShortHash: Sendable, Hashable {
    static let byteCount = 16
    static let zero = ShortHash(first: 0, second: 0)

    /// The 16 bytes in the order in which they lie in memory.
    private var first: UInt64
    private var second: UInt64

    private init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    init(cutting digest: Digest256) {
        self = withUnsafeBytes(of: digest) { $0.loadUnaligned(as: ShortHash.self) }
    }

    /// - Parameter random: both halves from the system's generator.
    init(random: (UInt64, UInt64)) { self.init(first: random.0, second: random.1) }

    /// - Parameter bytes: exactly 16.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = .zero
        withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: bytes) }
    }

    var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }

    /// The first eight bytes as a number, least byte first.
    var number: UInt64 { UInt64(littleEndian: first) }

    /// The two halves as big-endian numbers.
    var words: (UInt64, UInt64) { (UInt64(bigEndian: first), UInt64(bigEndian: second)) }
}

extension HashState {
    mutating func update(_ hash: ShortHash) { withUnsafeBytes(of: hash) { update($0) } }
}
