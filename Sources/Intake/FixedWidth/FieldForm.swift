/// How a cell's bytes are to be read. All but `text` occur in DBF only.
enum FieldForm: Sendable, Equatable {
    /// Text of the source's encoding, padded with spaces or NUL.
    case text
    /// ASCII: numbers and days (`YYYYMMDD`), as they are written.
    case ascii
    /// `T` or `F`; empty when unknown.
    case logical
    /// 32 bits, little-endian.
    case integer
    /// 64 bits, little-endian, in ten-thousandths.
    case currency
    /// IEEE 754, 64 bits, little-endian.
    case double
    /// Days of the Julian period and milliseconds of the day, 32 bits each: `YYYY-MM-DD HH:MM:SS`.
    case moment
    /// The number of a block of the memo file.
    case memo

    /// Appends the cell's text as UTF-8, without the blanks around it. False when it could not be read whole.
    func append(_ cell: UnsafeBufferPointer<UInt8>, _ layout: RecordLayout, to out: inout [UInt8]) -> Bool {
        switch self {
        case .text:
            return layout.encoding.decodeReplacing(Self.trimmed(cell), into: &out)
        case .ascii:
            return TextEncoding.utf8.decodeReplacing(Self.trimmed(cell), into: &out)
        case .logical:
            if let mark = Self.truth(cell.first) { out.append(mark) }
        case .integer:
            if let bits = Self.bits(cell, 4) { out.append(contentsOf: "\(Int32(truncatingIfNeeded: bits))".utf8) }
        case .currency:
            if let bits = Self.bits(cell, 8) { out.append(contentsOf: Self.decimal(Int64(bitPattern: bits)).utf8) }
        case .double:
            if let bits = Self.bits(cell, 8) { out.append(contentsOf: "\(Double(bitPattern: bits))".utf8) }
        case .moment:
            if let bits = Self.bits(cell, 8) { out.append(contentsOf: Self.moment(bits).utf8) }
        case .memo:
            return layout.appendMemo(cell, to: &out)
        }
        return true
    }

    static func trimmed(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = cell.count
        while start < end, isBlank(cell[start]) { start += 1 }
        while end > start, isBlank(cell[end - 1]) { end -= 1 }
        return UnsafeBufferPointer(rebasing: cell[start..<end])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x00 || byte == 0x09 }

    private static func truth(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case 0x54, 0x74, 0x59, 0x79: 0x54  // T t Y y
        case 0x46, 0x66, 0x4E, 0x6E: 0x46  // F f N n
        default: nil
        }
    }

    static func bits(_ cell: UnsafeBufferPointer<UInt8>, _ count: Int) -> UInt64? {
        guard cell.count == count else { return nil }
        return cell.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func decimal(_ value: Int64) -> String {
        let digits = String(value.magnitude % 10_000)
        let fraction = String(repeating: "0", count: 4 - digits.count) + digits
        return "\(value < 0 ? "-" : "")\(value.magnitude / 10_000).\(fraction)"
    }

    /// Empty for day 0, which stands for no moment.
    private static func moment(_ bits: UInt64) -> String {
        let day = Int(UInt32(truncatingIfNeeded: bits))
        let seconds = Int(UInt32(truncatingIfNeeded: bits >> 32)) / 1000
        guard day > 0, day < 5_373_485 else { return "" }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (year, month, date) = gregorian(julianDay: day)
        let years = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
        return "\(years)-\(padded(month))-\(padded(date)) "
            + "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    }

    /// Richards' algorithm, proleptic Gregorian.
    private static func gregorian(julianDay day: Int) -> (year: Int, month: Int, day: Int) {
        let f = day + 1401 + (4 * day + 274_277) / 146_097 * 3 / 4 - 38
        let e = 4 * f + 3
        let g = e % 1461 / 4
        let h = 5 * g + 2
        let month = (h / 153 + 2) % 12 + 1
        return (e / 1461 - 4716 + (12 + 2 - month) / 12, month, h % 153 / 5 + 1)
    }
}
