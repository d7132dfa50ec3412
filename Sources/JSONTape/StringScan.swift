/// What a scan of a string's content found.
struct ScannedString {
    /// Offset of the closing quote.
    var end: Int
    var flags: TapeNode.Flags
}

/// Sixteen bytes of a string, up to the first quote, backslash or control byte.
private struct ScanBlock {
    /// How many bytes stand before it; 16 when there is none.
    let length: Int
    /// Those bytes, two words over each other: only their high bits say anything.
    let content: UInt64

    /// Whether none of the sixteen bytes ends a plain string or is beyond ASCII.
    @inline(__always)
    static func isClear(_ bytes: UnsafePointer<UInt8>) -> Bool {
        let block = UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<UInt8>.self)
        let found =
            unsafeBitCast(Self.stops(in: block), to: SIMD2<UInt64>.self) | unsafeBitCast(block, to: SIMD2<UInt64>.self)
        return (found.x | found.y) & .highBits == 0
    }

    /// Whether none of the first bytes, 0 to 15 of them, ends a plain string or is beyond ASCII.
    @inline(__always)
    static func isClear(_ bytes: UnsafePointer<UInt8>, before count: Int) -> Bool {
        let block = UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<UInt8>.self)
        let found =
            unsafeBitCast(Self.stops(in: block), to: SIMD2<UInt64>.self) | unsafeBitCast(block, to: SIMD2<UInt64>.self)
        let kept = (1 as UInt64) &<< UInt64(truncatingIfNeeded: (count & 7) &* 8) &- 1
        return count < 8 ? found.x & kept & .highBits == 0 : (found.x | found.y & kept) & .highBits == 0
    }

    /// Sixteen bytes of which none ends a plain string; nil when one does.
    @inline(__always)
    static func whole(_ bytes: UnsafePointer<UInt8>) -> SIMD2<UInt64>? {
        let block = UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<UInt8>.self)
        let found = unsafeBitCast(Self.stops(in: block), to: SIMD2<UInt64>.self)
        return found.x | found.y == 0 ? unsafeBitCast(block, to: SIMD2<UInt64>.self) : nil
    }

    @inline(__always)
    private static func stops(in block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
        let quotes = block .== SIMD16(everywhere: UInt8(ascii: "\""))
        let slashes = block .== SIMD16(everywhere: UInt8(ascii: "\\"))
        let controls = block .< SIMD16(everywhere: 0x20)
        return quotes .| slashes .| controls
    }

    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>) {
        let block = UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<UInt8>.self)
        let stops = unsafeBitCast(Self.stops(in: block), to: SIMD2<UInt64>.self)
        let words = unsafeBitCast(block, to: SIMD2<UInt64>.self)
        let (low, upper) = (UInt64(littleEndian: stops.x), UInt64(littleEndian: stops.y))
        // Without a branch: where a string ends is what no predictor knows.
        let noneInLow: UInt64 = low == 0 ? .max : 0
        let rest = words.y & (upper & (0 &- upper) &- 1)
        length = (low | upper & noneInLow).trailingZeroBitCount &>> 3 &+ Int(truncatingIfNeeded: noneInLow & 8)
        content = words.x & (low & (0 &- low) &- 1) | rest & noneInLow
    }
}

extension TapeText {
    /// Whether a string of ASCII without escapes begins at `start` and has this length.
    ///
    /// Tells nothing but yes or no: so what follows does not wait for the search, if the processor guesses the answer.
    @inline(__always)
    func isPlainString(from start: Int, length: Int) -> Bool {
        var position = start
        let last = start &+ length
        guard last < end else { return false }
        while position &+ 16 <= last {
            if !ScanBlock.isClear(bytes + position) { return false }
            position &+= 16
        }
        return ScanBlock.isClear(bytes + position, before: last &- position) && bytes[last] == UInt8(ascii: "\"")
    }

    /// Scans a string whose content begins at `start`, checks escapes and UTF-8.
    @inline(__always)
    func scanString(from start: Int) throws(JSONSyntaxError) -> ScannedString {
        var position = start
        var flags: TapeNode.Flags = []
        var high: UInt64 = 0
        while true {
            if let words = ScanBlock.whole(bytes + position) {
                high |= words.x | words.y
                // Added as a constant, so that the next block need not wait for the search in this one.
                position &+= 16
                continue
            }
            let block = ScanBlock(bytes + position)
            high |= block.content
            position &+= block.length
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else { throw unexpectedInString(at: position) }
            flags.insert(.escapes)
            position = try endOfEscape(at: position)
        }
        if high & .highBits != 0 {
            flags.insert(.nonASCII)
            guard isWellFormedUTF8(bytes + start, position &- start) else {
                throw JSONSyntaxError(offset: start, reason: .invalidUTF8)
            }
        }
        return ScannedString(end: position, flags: flags)
    }

    /// Marks quotes, backslashes and control bytes in a word; the lowest mark is exact, higher ones may be carries.
    @inline(__always)
    static func stops(in word: UInt64) -> UInt64 {
        let quotes = word ^ UInt64(everywhere: UInt8(ascii: "\""))
        let slashes = word ^ UInt64(everywhere: UInt8(ascii: "\\"))
        let one = UInt64(everywhere: 1)
        let found =
            ((quotes &- one) & ~quotes) | ((slashes &- one) & ~slashes)
            | ((word &- UInt64(everywhere: 0x20)) & ~word)
        return found & .highBits
    }

    private func unexpectedInString(at position: Int) -> JSONSyntaxError {
        JSONSyntaxError(offset: min(position, end), reason: position >= end ? .unexpectedEnd : .controlCharacter)
    }

    /// The offset after the escape whose backslash is at `position`.
    private func endOfEscape(at position: Int) throws(JSONSyntaxError) -> Int {
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return position + 2
        case UInt8(ascii: "u"):
            let unit = try hexUnit(at: position)
            guard unit & 0xF800 == 0xD800 else { return position + 6 }
            guard unit < 0xDC00, bytes[position + 6] == UInt8(ascii: "\\"), bytes[position + 7] == UInt8(ascii: "u"),
                try hexUnit(at: position + 6) & 0xFC00 == 0xDC00
            else { throw JSONSyntaxError(offset: position, reason: .loneSurrogate) }
            return position + 12
        default:
            throw JSONSyntaxError(offset: position, reason: position + 1 >= end ? .unexpectedEnd : .invalidEscape)
        }
    }

    private func hexUnit(at position: Int) throws(JSONSyntaxError) -> UInt16 {
        guard let unit = hexadecimalUnit(bytes + position + 2) else {
            throw JSONSyntaxError(offset: position, reason: .invalidEscape)
        }
        return unit
    }
}

/// The UTF-16 unit of four hexadecimal digits.
func hexadecimalUnit(_ bytes: UnsafePointer<UInt8>) -> UInt16? {
    var unit: UInt16 = 0
    for place in 0..<4 {
        let byte = bytes[place]
        switch byte {
        case 0x30...0x39: unit = unit << 4 | UInt16(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: unit = unit << 4 | UInt16((byte | 0x20) - 0x57)
        default: return nil
        }
    }
    return unit
}
