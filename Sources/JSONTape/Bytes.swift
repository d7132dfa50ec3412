#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Eight bytes from anywhere, the first in the lowest place.
@inline(__always)
@inlinable
package func loadWord(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
}

/// Whether two runs of the same length hold the same bytes.
@inline(__always)
package func sameBytes(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    memcmp(left, right, count) == 0
}

/// Sixteen bytes of a string's content, looked at together.
struct Block {
    static let size = 16

    private let content: SIMD16<UInt8>

    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>) {
        content = UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// How many bytes stand before the first quote, backslash or control byte.
    @inline(__always)
    var bytesBeforeStop: Int {
        let stops =
            (content .== UInt8(ascii: "\"")) .| (content .== UInt8(ascii: "\\")) .| (content .< 0x20)
        let halves = unsafeBitCast(stops, to: SIMD2<UInt64>.self)
        if halves[0] != 0 { return UInt64(littleEndian: halves[0]).trailingZeroBitCount &>> 3 }
        return halves[1] != 0 ? 8 &+ UInt64(littleEndian: halves[1]).trailingZeroBitCount &>> 3 : Self.size
    }

    /// Whether one of the first bytes is above 0x7F.
    @inline(__always)
    func hasNonASCII(in count: Int) -> Bool {
        let halves = unsafeBitCast(content, to: SIMD2<UInt64>.self)
        let low = UInt64(littleEndian: halves[0]) & Self.mask(count)
        let high = UInt64(littleEndian: halves[1]) & Self.mask(count &- 8)
        return (low | high) & 0x8080_8080_8080_8080 != 0
    }

    /// The lowest bytes, up to eight of them.
    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 {
        count >= 8 ? .max : count <= 0 ? 0 : (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1
    }
}
