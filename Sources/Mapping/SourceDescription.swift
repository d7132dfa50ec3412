import Intake

/// What a mapping says of the files it reads.
public struct SourceDescription: Sendable {
    /// Formats of the mapping language.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case csv, fixedWidth, dbf, xml, json, ndjson
    }

    public var format = Format.csv
    public var encoding = SourceEncoding.auto
    /// The format with what `header` says of it.
    public var layout = SourceFormat.csv(header: 1, headerLines: 1, separator: .comma)
    public var skip: (column: String, pattern: RowPattern)?
    /// Names the local system in the keyed hash of record ids, so that two mappings of one system (its arrivals and its
    /// departures) give one fact one id. Nil: the two digits of the register province.
    public var system: String?
    /// What the columns' names stand for, where they do not say it themselves: `HYZK` is 婚姻状况.
    public var labels: [String: String] = [:]

    public init() {}

    /// CSV: which line names the columns, from 1. 1 for the other formats.
    public var header: Int {
        if case .csv(let header, _, _) = layout { return header }
        return 1
    }

    /// Whether a column tells of reproduction, medicine or marriage: by its name, or by what the mapping says that it is.
    public func isForbidden(column name: String) -> Bool {
        if ForbiddenContent.isForbidden(column: name) { return true }
        guard let label = labels[name] else { return ForbiddenContent.isAbbreviation(name) }
        return ForbiddenContent.isForbidden(column: label)
    }
}

extension CompiledMapping {
    /// The rows of one file, before the first.
    ///
    /// - Throws: ``IntakeError`` when the file is refused whole.
    func reader(of input: any ByteSource, limits: IntakeLimits = .standard) throws(IntakeError) -> any RowReader {
        try source.layout.reader(
            of: input, encoding: source.encoding, naming: NamedColumns(used: usedColumns, dropped: dropped),
            limits: limits)
    }
}

extension CompiledMapping {
    /// Fixed width is the one format whose columns are known before there is a file.
    var mistakesOfWidths: [MappingMistake] {
        guard case .fixedWidth(let widths) = source.layout else { return [] }
        let columns = widths.map(\.name)
        func mistake(_ message: String, _ place: Place, _ remedy: String) -> MappingMistake {
            MappingMistake(file: file, line: place.line, column: place.column, message: message, remedy: remedy)
        }
        let missing = usedColumns.filter { !columns.contains($0) }.map { name in
            mistake(
                "source.header has no column \(name)", rules.first { $0.columns.contains(name) }?.place ?? record.place,
                "Correct the name, or give the column its width")
        }
        let known = Set(usedColumns + dropped)
        let idle = columns.filter { !known.contains($0) && !source.isForbidden(column: $0) }.map { name in
            mistake("the column \(name) is neither used nor dropped", dropPlace, "List it under drop")
        }
        return missing + idle
    }
}
