import Intake

/// A file read to its end, every cell decoded.
struct ReadFile {
    var columns: [String] = []
    /// A malformed row is its fault's description.
    var rows: [[String]] = []
    var raw: [[UInt8]] = []
    /// By row, the names of the columns that could not be read whole.
    var damaged: [[String]] = []
    var skipped = 0

    /// - Parameters:
    ///   - used: the columns that the mapping reads; all of the file when nil.
    ///   - withheld: names of columns that must not be kept.
    init(
        _ bytes: [UInt8], _ format: SourceFormat, encoding: SourceEncoding = .auto, used: [String]? = nil,
        dropped: [String] = [], withheld: [String] = [], skip: (String, String)? = nil,
        limits: IntakeLimits = .standard
    ) throws {
        try self.init(
            MemorySource(bytes), format, encoding: encoding, used: used, dropped: dropped, withheld: withheld,
            skip: skip, limits: limits)
    }

    init(
        _ source: any ByteSource, _ format: SourceFormat, encoding: SourceEncoding = .auto, used: [String]? = nil,
        dropped: [String] = [], withheld: [String] = [], skip: (String, String)? = nil,
        limits: IntakeLimits = .standard
    ) throws {
        var reader = try format.reader(
            of: source, encoding: encoding, naming: NamedColumns(used: used ?? [], dropped: dropped), limits: limits)
        columns = reader.columns
        var plan = ReadingPlan(
            decoded: columns.map { !dropped.contains($0) && !withheld.contains($0) },
            withheld: columns.map(withheld.contains))
        if let skip, let column = columns.firstIndex(of: skip.0) { plan.skip = (column, try RowPattern(skip.1)) }
        reader.follow(plan)
        try reader.verify()
        var row = RowBuffer()
        while try reader.next(into: &row) {
            precondition(row.number == rows.count + 1, "rows are numbered from 1")
            raw.append(row.raw)
            damaged.append(row.damaged.map { reader.columns[$0] })
            if let fault = row.fault {
                rows.append(["\(fault)"])
            } else {
                rows.append(row.bounds.map { String(decoding: row.bytes[$0], as: UTF8.self) })
            }
        }
        skipped = reader.skippedRows
    }

    var texts: [String] { raw.map { String(decoding: $0, as: UTF8.self) } }
}

/// Why a file is refused; nil when it is not.
func refusal(
    _ bytes: [UInt8], _ format: SourceFormat, encoding: SourceEncoding = .auto, used: [String] = [],
    dropped: [String] = [], limits: IntakeLimits = .standard
) -> IntakeError? {
    do {
        _ = try ReadFile(bytes, format, encoding: encoding, used: used, dropped: dropped, limits: limits)
        return nil
    } catch {
        return error as? IntakeError
    }
}

let plainCSV = SourceFormat.csv(header: 1, headerLines: 1, separator: .comma)

/// 夏建雪 in GB 18030.
let xia: [UInt8] = [0xCF, 0xC4, 0xBD, 0xA8, 0xD1, 0xA9]
