import Intake

/// Makes DBF files, right and wrong ones.
struct TableFixture {
    struct Field {
        var name: [UInt8]
        var type: Character
        var width: Int
        var flags: UInt8 = 0

        init(_ name: String, _ type: Character, _ width: Int, flags: UInt8 = 0) {
            self.name = Array(name.utf8)
            self.type = type
            self.width = width
            self.flags = flags
        }
    }

    var version: UInt8 = 0x03
    var fields: [Field]
    /// Each begins with its mark of deletion.
    var records: [[UInt8]]
    var count: UInt32?
    var headerLength: Int?
    var recordLength: Int?
    var driver: UInt8 = 0
    var end: [UInt8] = [0x1A]

    init(_ fields: [Field], _ records: [[UInt8]]) {
        self.fields = fields
        self.records = records
    }

    init(_ fields: [Field], _ records: [String]) { self.init(fields, records.map { Array($0.utf8) }) }

    var bytes: [UInt8] {
        let count = count ?? UInt32(records.count)
        let header = headerLength ?? 32 + 32 * fields.count + 1
        let record = recordLength ?? 1 + fields.reduce(0) { $0 + $1.width }
        var out: [UInt8] = [version, 126, 6, 30]
        out += (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        out += [UInt8(header & 0xFF), UInt8(header >> 8), UInt8(record & 0xFF), UInt8(record >> 8)]
        out += [UInt8](repeating: 0, count: 17) + [driver, 0, 0]
        for field in fields {
            out += field.name + [UInt8](repeating: 0, count: 11 - field.name.count)
            out += [field.type.asciiValue ?? 0, 0, 0, 0, 0, UInt8(field.width & 0xFF), UInt8(field.width >> 8)]
            out += [field.flags] + [UInt8](repeating: 0, count: 13)
        }
        return out + [0x0D] + records.flatMap { $0 } + end
    }
}
