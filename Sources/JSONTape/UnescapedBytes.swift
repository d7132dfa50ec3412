/// The UTF-8 of a checked string's text, byte after byte, escapes undone.
struct UnescapedBytes: IteratorProtocol {
    private var position: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    /// Bytes of the current escape that are still to come, the next in the lowest place.
    private var pending: UInt32 = 0
    private var pendingCount = 0

    init(_ node: TapeNode, in bytes: UnsafePointer<UInt8>) {
        position = bytes + Int(node.offset)
        end = position + Int(node.length)
    }

    mutating func next() -> UInt8? {
        if pendingCount > 0 { return takePending() }
        guard position < end else { return nil }
        let byte = position.pointee
        position += 1
        guard byte == UInt8(ascii: "\\") else { return byte }
        let letter = position.pointee
        position += 1
        switch letter {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            encode(readScalar())
            return takePending()
        default: return letter
        }
    }

    private mutating func takePending() -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: pending)
        pending >>= 8
        pendingCount -= 1
        return byte
    }

    private mutating func readScalar() -> UInt32 {
        let unit = readUnit()
        guard unit & 0xFC00 == 0xD800 else { return unit }
        position += 2
        return 0x1_0000 + (unit & 0x3FF) << 10 + readUnit() & 0x3FF
    }

    private mutating func readUnit() -> UInt32 {
        defer { position += 4 }
        return UInt32(hexadecimalUnit(position) ?? 0xFFFD)
    }

    private mutating func encode(_ scalar: UInt32) {
        switch scalar {
        case ..<0x80: (pending, pendingCount) = (scalar, 1)
        case ..<0x800: (pending, pendingCount) = (0x80C0 | scalar >> 6 | (scalar & 0x3F) << 8, 2)
        case ..<0x1_0000:
            let middle = scalar >> 6 & 0x3F
            (pending, pendingCount) = (0x8080E0 | scalar >> 12 | middle << 8 | (scalar & 0x3F) << 16, 3)
        default:
            let (second, third) = (scalar >> 12 & 0x3F, scalar >> 6 & 0x3F)
            (pending, pendingCount) = (
                0x8080_80F0 | scalar >> 18 | second << 8 | third << 16 | (scalar & 0x3F) << 24, 4
            )
        }
    }
}
