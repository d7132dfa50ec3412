/// Writes pieces of text one after another into memory that has room for them: what is written for every record.
struct TextWriter {
    private let out: UnsafeMutableRawBufferPointer
    /// Bytes that were written.
    private(set) var count = 0

    /// - Parameter out: with room for all that will be written.
    init(_ out: UnsafeMutableRawBufferPointer) { self.out = out }

    /// What is not yet written to.
    private var rest: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: out[count...]) }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        rest.copyMemory(from: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        count += text.utf8CodeUnitCount
    }

    mutating func put(string text: String) {
        var text = text
        text.withUTF8 { put(bytes: UnsafeRawBufferPointer($0)) }
    }

    mutating func put(bytes: [UInt8]) { bytes.withUnsafeBytes { put(bytes: $0) } }

    private mutating func put(bytes: UnsafeRawBufferPointer) {
        rest.copyMemory(from: bytes)
        count += bytes.count
    }

    mutating func put(byte: UInt8) {
        out[count] = byte
        count += 1
    }

    /// The 36 bytes of an id.
    mutating func put(_ id: MessageID) {
        id.write(to: rest)
        count += MessageID.length
    }

    /// The 32 bytes of a record's id.
    mutating func put(_ record: RecordID) {
        record.write(to: rest)
        count += 32
    }

    /// RFC 3339 in UTC, whole seconds.
    mutating func put(_ instant: Instant) {
        let rest = Int((instant.seconds % 86_400 + 86_400) % 86_400)
        put(CivilDate(daysSince1970: Int((instant.seconds - Int64(rest)) / 86_400)))
        put(byte: 0x54)
        put(two: UInt8(rest / 3600))
        put(byte: 0x3A)
        put(two: UInt8(rest / 60 % 60))
        put(byte: 0x3A)
        put(two: UInt8(rest % 60))
        put(byte: 0x5A)
    }

    mutating func put(_ date: CivilDate) {
        let (year, month, day) = date.components
        put(two: UInt8(year / 100 % 100))
        put(two: UInt8(year % 100))
        put(byte: 0x2D)
        put(two: UInt8(month))
        put(byte: 0x2D)
        put(two: UInt8(day))
    }

    /// Two decimal digits.
    mutating func put(two number: UInt8) {
        out[count] = 0x30 + number / 10
        out[count + 1] = 0x30 + number % 10
        count += 2
    }

    mutating func put(decimal number: Int) {
        if (0...9).contains(number) { put(byte: 0x30 + UInt8(number)) } else { put(string: String(number)) }
    }

    /// 128 bits as 22 characters (RFC 4648, 5), without padding.
    mutating func put(base64url bits: (UInt64, UInt64)) {
        var (high, low) = bits
        for place in 0..<22 {
            out[count + place] = Self.alphabet.utf8Start[Int(high >> 58)]
            high = high << 6 | low >> 58
            low <<= 6
        }
        count += 22
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
}
