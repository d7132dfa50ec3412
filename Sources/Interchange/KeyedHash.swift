import Crypto

/// HMAC-SHA256 (RFC 2104; FIPS 198-1) for paths that every record takes: its key is scheduled once, and each code goes on from
/// copies of the two keyed states.
///
/// `HMAC` of the same library gives the same codes; being generic across modules, it takes several times as long for a message
/// of one record.
public struct KeyedHash: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    /// - Parameter key: of any length; one of more than 64 bytes is hashed first.
    public init(key: [UInt8]) {
        var block = key.count > SHA256.blockByteCount ? Array(SHA256.hash(data: key)) : key
        block += [UInt8](repeating: 0, count: SHA256.blockByteCount - block.count)
        inner = Self.keyed(block, 0x36)
        outer = Self.keyed(block, 0x5C)
    }

    private static func keyed(_ block: [UInt8], _ pad: UInt8) -> SHA256 {
        var state = SHA256()
        state.update(data: block.map { $0 ^ pad })
        return state
    }

    /// The code of a message: 32 bytes.
    public func code(of message: UnsafeRawBufferPointer) -> SHA256Digest {
        var (inner, outer) = (inner, outer)
        inner.update(bufferPointer: message)
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }
}
