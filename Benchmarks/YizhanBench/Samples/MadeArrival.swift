import Interchange

/// A row of the sample from which others are made that differ in the person's number and birth date only.
struct MadeArrival {
    /// Sequence numbers of one sex; 000 is not among them.
    private static let sequences = 499
    /// 28 of each month.
    private static let birthdays = 28 * 12
    static let variants = sequences * birthdays
    /// Who was born later is left as it is: an arrival must not come before the birth.
    private static let latestYear = 2005

    private let row: [UInt8]
    /// Where the number's 18 bytes begin in the row, and the birth date's ten.
    private let number, birthDate: Int

    /// Nil when the number, or the birth date as `YYYY-MM-DD`, does not stand as it is in the row's column.
    init?(row: [UInt8], columns: (number: Int, birthDate: Int), number: [UInt8]) {
        // In GB 18030 no byte of a longer character is a comma.
        let cells = row.split(separator: 0x2C, omittingEmptySubsequences: false)
        guard number.count == 18, columns.number < cells.count, columns.birthDate < cells.count,
            cells[columns.number].elementsEqual(number),
            let year = Int(String(decoding: number[6..<10], as: UTF8.self)),
            year < Self.latestYear
        else { return nil }
        let written = number[6..<10] + [0x2D] + number[10..<12] + [0x2D] + number[12..<14]
        guard cells[columns.birthDate].elementsEqual(written) else { return nil }
        self.row = row
        self.number = cells[columns.number].startIndex
        birthDate = cells[columns.birthDate].startIndex
    }

    /// What no variant changes: two rows of the same yield the same persons.
    var fixed: ArraySlice<UInt8> { row[number..<number + 10] }

    /// Appends the row with another sequence number of the same parity, which is the sex, a birthday that is another from the
    /// 500th variant on, and its check character.
    func append(variant: Int, to export: inout [UInt8]) {
        let start = export.count
        export.append(contentsOf: row)
        let sequence = variant % Self.sequences
        let isOdd = row[number + 16] & 1 == 1
        Self.write(sequence * 2 + (isOdd ? 1 : 2), digits: 3, to: &export, at: start + number + 14)
        let birthday = (ownBirthday + variant / Self.sequences) % Self.birthdays
        for (value, inNumber, inDate) in [(birthday / 28 + 1, 10, 5), (birthday % 28 + 1, 12, 8)] {
            Self.write(value, digits: 2, to: &export, at: start + number + inNumber)
            Self.write(value, digits: 2, to: &export, at: start + birthDate + inDate)
        }
        let made = Array(export[start + number..<start + number + 18])
        export[start + number + 17] = made.withUnsafeBytes { PersonNumber(utf8: $0).expectedCheckCharacter }
    }

    private var ownBirthday: Int {
        func two(_ place: Int) -> Int { Int(row[number + place] - 0x30) * 10 + Int(row[number + place + 1] - 0x30) }
        return (two(10) - 1) * 28 + min(two(12), 28) - 1
    }

    private static func write(_ value: Int, digits: Int, to bytes: inout [UInt8], at place: Int) {
        var rest = value
        for offset in (0..<digits).reversed() {
            bytes[place + offset] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
    }
}
