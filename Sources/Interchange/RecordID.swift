/// A fact's business key, `<home>-<register>-<26 characters>`: two provinces and 128 bits in Crockford's base 32, which are
/// a keyed hash of what the mapping names as the key. It never contains a person's number, and cannot be reversed into one
/// without the key.
public struct RecordID: Sendable, Hashable, CustomStringConvertible {
    public let home: Province
    public let register: Province
    /// The 128 bits, big-endian.
    public let high: UInt64
    public let low: UInt64

    public init(home: Province, register: Province, high: UInt64, low: UInt64) {
        self.home = home
        self.register = register
        self.high = high
        self.low = low
    }

    /// - Parameter text: 32 ASCII characters, as ``description`` writes them. Lower case is not read.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: Array(text.utf8))
    }

    /// As the generic one, for the paths that every record takes.
    public init?(utf8 text: UnsafeRawBufferPointer) {
        guard text.count == 32, text[2] == 0x2D, text[5] == 0x2D, let home = Province(digits: text[0], text[1]),
            let register = Province(digits: text[3], text[4])
        else { return nil }
        // 26 characters carry 130 bits, of which the first two are zero: 65 in 13 characters, 60 in 12, and 5.
        let (first, second) = (Self.bits(of: text, 6..<19), Self.bits(of: text, 19..<31))
        let last = Self.values(of: text[31])
        guard let first, let second, last < 32, Self.values(of: text[6]) < 8 else { return nil }
        self.init(
            home: home, register: register, high: first &<< 1 | second &>> 59, low: second &<< 5 | UInt64(last))
    }

    @inline(__always)
    private static func bits(of text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64? {
        var bits: UInt64 = 0
        var largest: UInt8 = 0
        for place in range {
            let value = values(of: text[place])
            largest = max(largest, value)
            bits = bits &<< 5 | UInt64(value)
        }
        return largest < 32 ? bits : nil
    }

    /// 255 for what is no character of Crockford's base 32.
    @inline(__always)
    private static func values(of character: UInt8) -> UInt8 {
        let place = character &- 0x30
        return place < 43 ? valueTable.utf8Start[Int(place)] &- 0x20 : 255
    }

    /// From `0` to `Z`, each character's value plus 0x20, `~` for none: a literal, which needs no first use to be made.
    private static let valueTable: StaticString = ##" !"#$%&'()~~~~~~~*+,-./01~23~45~6789:~;<=>?"##

    public init?(utf8 text: some RandomAccessCollection<UInt8>) {
        guard text.count == 32 else { return nil }
        var bytes = text.makeIterator()
        guard let home = Self.province(&bytes), bytes.next() == 0x2D, let register = Self.province(&bytes),
            bytes.next() == 0x2D
        else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var isFirst = true
        while let byte = bytes.next() {
            let value = Self.values[Int(byte)]
            // 26 characters carry 130 bits: the first holds the top three of 128.
            guard value < (isFirst ? 8 : 32) else { return nil }
            isFirst = false
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(value)
        }
        self.init(home: home, register: register, high: high, low: low)
    }

    private static func province(_ bytes: inout some IteratorProtocol<UInt8>) -> Province? {
        guard let first = bytes.next(), let second = bytes.next() else { return nil }
        return Province(digits: first, second)
    }

    /// The 32 ASCII bytes of ``description``.
    public func append(to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { text in
            write(to: text)
            out.append(contentsOf: text)
        }
    }

    /// The 32 ASCII bytes of ``description``.
    /// - Parameter text: at least 32 bytes long.
    public func write(to text: UnsafeMutableRawBufferPointer) {
        text[0] = 0x30 + home.number / 10
        text[1] = 0x30 + home.number % 10
        text[2] = 0x2D
        text[3] = 0x30 + register.number / 10
        text[4] = 0x30 + register.number % 10
        text[5] = 0x2D
        Self.write(high &>> 1, to: text, 6..<19)
        Self.write(high &<< 59 | low &>> 5, to: text, 19..<31)
        Self.write(low, to: text, 31..<32)
    }

    /// Writes the lowest bits, five in each character.
    @inline(__always)
    private static func write(_ bits: UInt64, to text: UnsafeMutableRawBufferPointer, _ range: Range<Int>) {
        var rest = bits
        for place in range.reversed() {
            text[place] = characters.utf8Start[Int(rest & 31)]
            rest &>>= 5
        }
    }

    private static let characters: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    public var description: String {
        var out: [UInt8] = []
        append(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @inline(__always)
    private static func character(of value: UInt8) -> UInt8 {
        if value < 10 { return 0x30 &+ value }
        return 0x37 &+ value &+ (value > 17 ? 1 : 0) &+ (value > 19 ? 1 : 0) &+ (value > 21 ? 1 : 0)
            &+ (value > 26 ? 1 : 0)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()
}
