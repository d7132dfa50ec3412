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

extension UInt64 {
    /// The byte in all eight places.
    @inline(__always)
    init(everywhere byte: UInt8) { self = 0x0101_0101_0101_0101 &* UInt64(byte) }

    @inline(__always)
    static var highBits: UInt64 { 0x8080_8080_8080_8080 }
}
