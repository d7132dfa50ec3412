/// An identity number's bytes, held in place; what it is made of, but not whether it is anybody's.
public struct PersonNumber: Sendable {
    /// What the bytes are, decided once; the rules about numbers follow from it.
    public enum Form: Sendable, Hashable {
        /// 17 digits and a check character, right or wrong.
        case eighteen
        /// The 15 digits issued before 1999, without century and check character.
        case fifteen
        /// A form of the other id types, without birth date and sex inside.
        case other
        /// What a spreadsheet made of a number.
        case damaged
        /// Zeros, alone or around a birth date.
        case placeholder
        /// None that the id type has.
        case malformed
    }

    /// Longest number that is kept whole; longer ones are malformed.
    public static let capacity = 24

    private var bytes = InlineArray<24, UInt8>(repeating: 0)
    /// Bytes of the number, up to ``capacity`` + 1 for all longer ones.
    public let count: Int

    public init(utf8: UnsafeRawBufferPointer) {
        count = min(utf8.count, Self.capacity + 1)
        let length = min(count, Self.capacity)
        withUnsafeMutableBytes(of: &bytes) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: utf8[..<length])) }
    }

    public init(_ text: some StringProtocol) {
        let copy = Array(text.utf8)
        self = copy.withUnsafeBytes { PersonNumber(utf8: $0) }
    }

    public subscript(index: Int) -> UInt8 { bytes[index] }

    public func areDigits(_ range: Range<Int>) -> Bool {
        for index in range where !(0x30...0x39).contains(bytes[index]) { return false }
        return true
    }

    public func areZeros(_ range: Range<Int>) -> Bool {
        for index in range where bytes[index] != 0x30 { return false }
        return true
    }

    /// The number that these digits write; not more than nine of them.
    func value(of range: Range<Int>) -> Int {
        var value = 0
        for index in range { value = value * 10 + Int(bytes[index] &- 0x30) }
        return value
    }

    /// What GB 11643 (ISO 7064 MOD 11-2) gives as the 18th character for the first 17 digits.
    public var expectedCheckCharacter: UInt8 {
        var sum = 0
        for index in 0..<17 { sum += Int(bytes[index] &- 0x30) * Self.weights[index] }
        return Self.characters[sum % 11]
    }

    /// Of an ``Form/eighteen`` number.
    public var hasRightCheckCharacter: Bool { bytes[17] == expectedCheckCharacter }

    private static let weights: InlineArray<17, Int> = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let characters: InlineArray<11, UInt8> = [
        0x31, 0x30, 0x58, 0x39, 0x38, 0x37, 0x36, 0x35, 0x34, 0x33, 0x32,
    ]

    /// The bytes that look-ups hash: a 15-digit number as its 18-digit form, any other as it is.
    public func subject(_ form: Form) -> [UInt8] {
        if form == .fifteen { return lengthened.subject(.eighteen) }
        let length = min(count, Self.capacity)
        return withUnsafeBytes(of: bytes) { Array($0[..<length]) }
    }

    /// Of a 15-digit number, its 18-digit form.
    private var lengthened: PersonNumber {
        var long = PersonNumber(copying: self, count: 18)
        for index in 6..<15 { long.bytes[index + 2] = bytes[index] }
        long.bytes[6] = 0x31
        long.bytes[7] = 0x39
        long.bytes[17] = long.expectedCheckCharacter
        return long
    }

    private init(copying other: PersonNumber, count: Int) {
        bytes = other.bytes
        self.count = count
    }
}
