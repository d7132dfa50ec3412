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

    public func append(to out: inout [UInt8]) {
        out.append(0x30 + home.number / 10)
        out.append(0x30 + home.number % 10)
        out.append(0x2D)
        out.append(0x30 + register.number / 10)
        out.append(0x30 + register.number % 10)
        out.append(0x2D)
        for position in 0..<26 {
            let shift = UInt64(125 - position * 5)
            let bits: UInt64 =
                shift >= 64
                ? high >> (shift - 64)
                : shift == 0 ? low : low >> shift | high << (64 - shift)
            out.append(Self.alphabet[Int(bits & 31)])
        }
    }

    public var description: String {
        var out: [UInt8] = []
        append(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()
}
