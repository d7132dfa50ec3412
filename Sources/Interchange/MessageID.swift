/// A UUID (RFC 9562), made as version 7: the first 48 bits are milliseconds since 1970, so that ids sort by time.
public struct MessageID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The 16 bytes, big-endian: `high` holds the first eight.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version 7 UUID of this millisecond.
    /// - Parameter random: 74 of its bits are used.
    public init(at instant: Instant, random: (UInt64, UInt64)) {
        let time = UInt64(clamping: instant.milliseconds) & 0xFFFF_FFFF_FFFF
        high = time << 16 | 0x7000 | (random.0 & 0x0FFF)
        low = 0x8000_0000_0000_0000 | (random.1 & 0x3FFF_FFFF_FFFF_FFFF)
    }

    public init(at instant: Instant, using generator: inout some RandomNumberGenerator) {
        self.init(at: instant, random: (generator.next(), generator.next()))
    }

    /// The 8-4-4-4-12 form with lower-case hexadecimal digits; upper case is read too. Nil for anything else.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: Array(text.utf8))
    }

    /// As the generic one, for the paths that every record takes.
    public init?(utf8 text: UnsafeRawBufferPointer) {
        guard text.count == 36, text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D,
            let time = Self.word(text, 0..<8), let middle = Self.word(text, 9..<13),
            let version = Self.word(text, 14..<18),
            let variant = Self.word(text, 19..<23), let node = Self.word(text, 24..<36)
        else { return nil }
        high = time << 32 | middle << 16 | version
        low = variant << 48 | node
    }

    @inline(__always)
    private static func word(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64? {
        var word: UInt64 = 0
        for place in range {
            guard let nibble = nibble(text[place]) else { return nil }
            word = word &<< 4 | nibble
        }
        return word
    }

    public init?(utf8 text: some RandomAccessCollection<UInt8>) {
        guard text.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var nibbles = 0
        for (position, byte) in text.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == 0x2D else { return nil }
                continue
            }
            guard let nibble = Self.nibble(byte) else { return nil }
            if nibbles < 16 { words.0 = words.0 << 4 | nibble } else { words.1 = words.1 << 4 | nibble }
            nibbles += 1
        }
        (high, low) = words
    }

    /// Whether version and variant are those of RFC 9562, section 5.7.
    public var isVersion7: Bool { high >> 12 & 0xF == 7 && low >> 62 == 0b10 }

    /// - Parameter bytes: exactly 16.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let whole = bytes.withContiguousStorageIfAvailable { storage in
            let raw = UnsafeRawBufferPointer(storage)
            return (
                UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        if let whole {
            (high, low) = whole
            return
        }
        var words: (UInt64, UInt64) = (0, 0)
        for (position, byte) in bytes.enumerated() {
            if position < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
        }
        (high, low) = words
    }

    public var bytes: [UInt8] { withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) } }

    /// The 36 ASCII bytes of ``description``.
    public func append(to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: Self.length, alignment: 1) { text in
            write(to: text)
            out.append(contentsOf: UnsafeRawBufferPointer(text))
        }
    }

    /// Characters of an id.
    static let length = 36

    /// The 36 ASCII bytes of ``description``.
    /// - Parameter text: at least as long.
    func write(to text: UnsafeMutableRawBufferPointer) {
        var place = 0
        for position in 0..<16 {
            if position == 4 || position == 6 || position == 8 || position == 10 {
                text[place] = 0x2D
                place += 1
            }
            let byte = UInt8(truncatingIfNeeded: (position < 8 ? high : low) >> (56 - UInt64(position % 8) * 8))
            text[place] = Self.digit(byte >> 4)
            text[place + 1] = Self.digit(byte & 15)
            place += 2
        }
    }

    public var description: String {
        String(unsafeUninitializedCapacity: Self.length) { out in
            write(to: UnsafeMutableRawBufferPointer(out))
            return Self.length
        }
    }

    public static func < (left: MessageID, right: MessageID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }

    private static func nibble(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x61...0x66: UInt64(byte - 0x57)
        case 0x41...0x46: UInt64(byte - 0x37)
        default: nil
        }
    }
}
