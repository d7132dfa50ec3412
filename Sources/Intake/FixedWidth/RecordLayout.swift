/// The columns of a record in which every cell has a fixed place.
struct RecordLayout {
    struct Column {
        var range: Range<Int>
        var form = FieldForm.text
        /// Which bit of the record's null flags says that the cell is empty, and which that its last byte is its length.
        var nullBit: Int?
        var lengthBit: Int?
    }

    var columns: [Column]
    var encoding: TextEncoding
    var plan = ReadingPlan(decoded: [], withheld: [])
    var memo: MemoFile?
    /// Visual FoxPro's hidden column of null flags.
    var nullFlags: Range<Int>?
    private var scratch: [UInt8] = []

    init(columns: [Column], encoding: TextEncoding) {
        self.columns = columns
        self.encoding = encoding
    }

    /// Nothing but spaces, tabs, NUL and ideographic spaces.
    func isBlank(_ record: UnsafeBufferPointer<UInt8>) -> Bool {
        var place = 0
        while place < record.count {
            switch record[place] {
            case 0x20, 0x00, 0x09: place += 1
            case 0xA1 where encoding == .gb18030 && place + 1 < record.count && record[place + 1] == 0xA1: place += 2
            case 0xE3 where encoding == .utf8 && record[place...].starts(with: [0xE3, 0x80, 0x80]): place += 3
            default: return false
            }
        }
        return true
    }

    /// - Parameter record: may be shorter than the columns together.
    mutating func matchesSkip(_ record: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let (column, pattern) = plan.skip else { return false }
        scratch.removeAll(keepingCapacity: true)
        let range = columns[column].range.clamped(to: 0..<record.count)
        _ = columns[column].form.append(UnsafeBufferPointer(rebasing: record[range]), self, to: &scratch)
        return pattern.matches(scratch)
    }

    /// - Parameter record: as long as the columns together, or longer.
    func load(_ record: UnsafeBufferPointer<UInt8>, into row: inout RowBuffer) {
        for (index, column) in columns.enumerated() {
            let start = row.bytes.count
            if isDecoded(index), let cell = cell(column, record),
                !column.form.append(cell, self, to: &row.bytes)
            {
                row.damaged.append(index)
            }
            row.bounds.append(start..<row.bytes.count)
        }
    }

    /// The record as it stands in the file, spaces in place of what is withheld.
    ///
    /// - Parameter record: when it is malformed and shorter, its places still are those of its columns.
    func keepRaw(_ record: UnsafeBufferPointer<UInt8>, in row: inout RowBuffer) {
        row.raw.append(contentsOf: record)
        for (index, column) in columns.enumerated() where index < plan.withheld.count && plan.withheld[index] {
            for place in column.range.clamped(to: 0..<record.count) { row.raw[place] = 0x20 }
        }
    }

    /// Counts the cells that will be decoded. A character that the end of its column cuts is not the encoding's fault.
    func count(_ record: UnsafeBufferPointer<UInt8>, in tally: inout RowTally, base: Int) {
        var hasText = false
        for (index, column) in columns.enumerated() where column.form == .text && isDecoded(index) {
            let cell = UnsafeBufferPointer(rebasing: record[column.range])
            if TextEncoding.hasOnlyASCII(cell) { continue }
            do throws(TextEncoding.Fault) {
                try encoding.check(cell)
                hasText = true
            } catch {
                guard case .invalid = error else { continue }
                return tally.disagree(.fault(error, base: base + column.range.lowerBound, encoding: encoding))
            }
        }
        if hasText { tally.agree() }
    }

    private func isDecoded(_ index: Int) -> Bool { index < plan.decoded.count && plan.decoded[index] }

    /// Nil when the record says that the cell is empty.
    private func cell(_ column: Column, _ record: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        if isSet(column.nullBit, record) { return nil }
        var range = column.range
        if isSet(column.lengthBit, record), let last = range.last {
            range = range.lowerBound..<range.lowerBound + min(Int(record[last]), range.count - 1)
        }
        return UnsafeBufferPointer(rebasing: record[range])
    }

    private func isSet(_ bit: Int?, _ record: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let bit, let flags = nullFlags, bit / 8 < flags.count else { return false }
        return record[flags.lowerBound + bit / 8] >> (bit % 8) & 1 == 1
    }
}
