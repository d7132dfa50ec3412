/// How a quarantined row's content is laid out before it is sealed: cells, each name and value with its length in four
/// bytes, behind their number; then the source's own bytes.
enum QuarantineBody {
    static func encode(_ cells: [SourceCell], raw: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        FixedBytes.append(UInt32(cells.count), to: &out)
        for cell in cells {
            for part in [Array(cell.column.utf8), cell.value] {
                FixedBytes.append(UInt32(part.count), to: &out)
                out += part
            }
        }
        return out + raw
    }

    static func decode(_ bytes: [UInt8]) throws -> (cells: [SourceCell], raw: [UInt8]) {
        var place = 0
        func number() throws -> Int {
            guard place + 4 <= bytes.count else { throw damage }
            defer { place += 4 }
            return Int(FixedBytes.read(bytes, at: place, as: UInt32.self))
        }
        func part() throws -> [UInt8] {
            let count = try number()
            guard place + count <= bytes.count else { throw damage }
            defer { place += count }
            return Array(bytes[place..<place + count])
        }
        var cells: [SourceCell] = []
        for _ in 0..<(try number()) {
            let column = String(decoding: try part(), as: UTF8.self)
            cells.append(SourceCell(column: column, value: try part()))
        }
        return (cells, Array(bytes[place...]))
    }

    private static var damage: StoreError {
        StoreError(.corrupt, "a quarantined row is not readable", remedy: "restore from backup")
    }
}
