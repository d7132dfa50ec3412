/// The cells of one row, one after the other, as the export writes them.
struct Cells {
    var bytes: [UInt8] = []
    private(set) var ends: [Int] = []

    var count: Int { ends.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Ends the cell whose bytes were appended last.
    mutating func endCell() { ends.append(bytes.count) }

    @inline(__always)
    subscript(index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }
}
