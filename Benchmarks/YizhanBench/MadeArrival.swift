import Interchange

/// A row of the sample from which others are made that differ in the person's number only.
struct MadeArrival {
    /// Sequence numbers of one sex; 000 is not among them.
    static let variants = 499

    private let row: [UInt8]
    /// Where the number's 18 bytes begin in the row.
    private let place: Int

    /// Nil when the number does not stand as it is in the row's column.
    init?(row: [UInt8], column: Int, number: [UInt8]) {
        // In GB 18030 no byte of a longer character is a comma.
        let cells = row.split(separator: 0x2C, omittingEmptySubsequences: false)
        guard number.count == 18, column < cells.count, cells[column].elementsEqual(number) else { return nil }
        self.row = row
        place = cells[column].startIndex
    }

    /// Appends the row with another sequence number of the same parity, which is the sex, and its check character.
    func append(variant: Int, to export: inout [UInt8]) {
        var number = Array(row[place..<place + 18])
        let isOdd = number[16] & 1 == 1
        let sequence = variant * 2 + (isOdd ? 1 : 2)
        number[14] = 0x30 + UInt8(sequence / 100)
        number[15] = 0x30 + UInt8(sequence / 10 % 10)
        number[16] = 0x30 + UInt8(sequence % 10)
        number[17] = number.withUnsafeBytes { PersonNumber(utf8: $0).expectedCheckCharacter }
        export.append(contentsOf: row[..<place])
        export.append(contentsOf: number)
        export.append(contentsOf: row[(place + 18)...])
    }
}
