/// The head of a DBF of dBASE III to V, FoxPro or Visual FoxPro: what the records look like and how many there are.
struct DBFHeader {
    enum Dialect: Equatable { case dBase3, dBase4, foxPro, visualFoxPro }

    struct Field {
        var name: ArraySlice<UInt8>
        var type: UInt8
        var isHidden = false
        var isNullable = false
        var column: RecordLayout.Column
    }

    let dialect: Dialect
    let records: Int
    /// Where the first record begins.
    let length: Int
    let recordLength: Int
    private(set) var fields: [Field] = []
    private(set) var nullFlags: Range<Int>?

    /// The head's bytes before the columns, and a column's.
    static let prefixBytes = 32
    static let descriptorBytes = 32

    /// How long the head says that it is. Nil when the first bytes are no DBF's.
    static func length(_ prefix: UnsafeBufferPointer<UInt8>) -> Int? {
        guard prefix.count >= prefixBytes, dialect(prefix[0]) != nil else { return nil }
        return Int(prefix[8]) | Int(prefix[9]) << 8
    }

    /// - Parameter bytes: all of the head, as far as the file has it.
    /// - Throws: ``IntakeError``: `form`, `limit`, `truncated`.
    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: IntakeLimits) throws(IntakeError) {
        guard let stated = Self.length(bytes), let dialect = Self.dialect(bytes[0]) else { throw .noDBF(at: 0) }
        self.dialect = dialect
        records = (4...7).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        recordLength = Int(bytes[10]) | Int(bytes[11]) << 8
        length = stated
        guard bytes.count >= stated else { throw .cutDBF(at: bytes.count) }
        guard stated > Self.prefixBytes else { throw .headLength(at: 8) }
        let sum = try readFields(bytes, limits)
        if fields.isEmpty { throw .noFields(at: Self.prefixBytes) }
        if recordLength != sum { throw .recordLengthOfHead(stated: recordLength, sum: sum) }
        assignNullBits()
    }

    private static func dialect(_ version: UInt8) -> Dialect? {
        switch version {
        case 0x02, 0x03, 0x83: .dBase3
        case 0x43, 0x63, 0x7B, 0x8B, 0x8E, 0xCB: .dBase4
        case 0xF5, 0xFB: .foxPro
        case 0x30, 0x31, 0x32: .visualFoxPro
        default: nil
        }
    }

    /// Returns the bytes of the fields and the mark of deletion together.
    private mutating func readFields(
        _ bytes: UnsafeBufferPointer<UInt8>, _ limits: IntakeLimits
    ) throws(IntakeError) -> Int {
        var place = Self.prefixBytes
        var start = 1
        while place < length, bytes[place] != 0x0D {
            guard place + Self.descriptorBytes <= length else { throw .headLength(at: 8) }
            guard fields.count < limits.cells else { throw .tooManyColumns }
            let descriptor = UnsafeBufferPointer(rebasing: bytes[place..<place + Self.descriptorBytes])
            guard let field = field(descriptor, start) else { throw .fieldType(at: place + 11) }
            if field.isHidden { nullFlags = field.column.range } else { fields.append(field) }
            start = field.column.range.upperBound
            place += Self.descriptorBytes
        }
        guard place < length else { throw .headLength(at: 8) }
        return start
    }

    private func field(_ descriptor: UnsafeBufferPointer<UInt8>, _ start: Int) -> Field? {
        let letter = descriptor[11]
        let type = (0x61...0x7A).contains(letter) ? letter - 0x20 : letter
        // Clipper and FoxPro keep the high byte of a long text's length where other types have their decimals.
        var width = Int(descriptor[16])
        if type == 0x43 { width |= Int(descriptor[17]) << 8 }
        guard let form = form(type, width) else { return nil }
        return Field(
            name: Array(descriptor.prefix(11).prefix { $0 != 0 })[...], type: type,
            isHidden: letter == UInt8(ascii: "0") && dialect == .visualFoxPro,
            isNullable: dialect == .visualFoxPro && descriptor[18] & 2 != 0,
            column: RecordLayout.Column(range: start..<start + width, form: form))
    }

    private func form(_ type: UInt8, _ width: Int) -> FieldForm? {
        let isFox = dialect == .visualFoxPro
        switch type {
        case UInt8(ascii: "C"), UInt8(ascii: "V"), UInt8(ascii: "Q"), UInt8(ascii: "0"): return .text
        case UInt8(ascii: "N"), UInt8(ascii: "F"), UInt8(ascii: "D"): return .ascii
        case UInt8(ascii: "L"): return .logical
        case UInt8(ascii: "M"), UInt8(ascii: "G"), UInt8(ascii: "P"): return .memo
        case UInt8(ascii: "B") where !isFox: return .memo
        case UInt8(ascii: "I") where width == 4, UInt8(ascii: "+") where width == 4: return .integer
        case UInt8(ascii: "B") where width == 8, UInt8(ascii: "O") where width == 8: return .double
        case UInt8(ascii: "Y") where width == 8: return .currency
        case UInt8(ascii: "T") where width == 8, UInt8(ascii: "@") where width == 8: return .moment
        default: return nil
        }
    }

    /// Bits are given out in the order of the fields: a varying text's length first, then whether the field is null.
    private mutating func assignNullBits() {
        guard nullFlags != nil else { return }
        var bit = 0
        for index in fields.indices {
            if fields[index].type == UInt8(ascii: "V") || fields[index].type == UInt8(ascii: "Q") {
                fields[index].column.lengthBit = bit
                bit += 1
            }
            if fields[index].isNullable {
                fields[index].column.nullBit = bit
                bit += 1
            }
        }
    }
}

extension IntakeError {
    static func noDBF(at offset: Int) -> IntakeError {
        form(
            "the first bytes are not those of a dBASE III to V, FoxPro or Visual FoxPro table",
            "文件开头不是 dBASE III 至 V、FoxPro 或 Visual FoxPro 表", at: offset)
    }

    static func cutDBF(at offset: Int) -> IntakeError {
        form("the file ends before its head or its last record does", "文件在表头或最后一条记录之前结束", at: offset, isCut: true)
    }

    fileprivate static func headLength(at offset: Int) -> IntakeError {
        form("the head's length does not agree with its fields", "表头长度与字段描述不符", at: offset)
    }

    fileprivate static func noFields(at offset: Int) -> IntakeError {
        form("the table has no field", "该表没有字段", at: offset)
    }

    fileprivate static func fieldType(at offset: Int) -> IntakeError {
        form("a field has a type or a width that is not known", "字段类型或宽度无法识别", at: offset)
    }

    fileprivate static func recordLengthOfHead(stated: Int, sum: Int) -> IntakeError {
        form(
            "the head says that a record has \(stated) bytes, its fields have \(sum)",
            "表头所述记录长度为 \(stated) 字节，各字段合计 \(sum) 字节", at: 10)
    }

    static func recordMark(at offset: Int) -> IntakeError {
        form("a record begins with neither a space nor an asterisk", "记录既不以空格也不以星号开头", at: offset)
    }

    static func moreRecords(at offset: Int) -> IntakeError {
        form("records go on after the number of them that the head states", "记录数超过表头所述", at: offset)
    }
}
