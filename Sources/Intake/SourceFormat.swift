/// A format of source files, with what it needs to know to find rows and columns.
public enum SourceFormat: Sendable, Hashable {
    /// - Parameters:
    ///   - header: which line names the columns, from 1, and how many lines do so together.
    case csv(header: Int, headerLines: Int, separator: CSVSeparator)
    case fixedWidth([FixedWidthColumn])
    /// - Parameter driver: the language of the text when the encoding is ``SourceEncoding/auto``.
    case dbf(driver: LanguageDriver?)
    /// - Parameter row: the name of the element that is repeated.
    case xml(row: String)
    case json(JSONReader.Layout)

    /// The reader of one file of this format, before its first row.
    ///
    /// - Parameter named: the columns that the mapping names.
    /// - Throws: ``IntakeError`` when the file is refused whole.
    public func reader(
        of input: any ByteSource, encoding: SourceEncoding, naming named: NamedColumns,
        limits: IntakeLimits = .standard
    ) throws(IntakeError) -> any RowReader {
        switch self {
        case .csv(let header, let headerLines, let separator):
            try CSVReader(
                input: input, encoding: encoding, header: header, headerLines: headerLines, separator: separator,
                limits: limits)
        case .fixedWidth(let columns):
            try FixedWidthReader(input: input, encoding: encoding, columns: columns, limits: limits)
        case .dbf(let driver):
            try DBFReader(input: input, encoding: encoding, driver: driver, limits: limits)
        case .xml(let row):
            try XMLReader(input: input, encoding: encoding, row: row, naming: named, limits: limits)
        case .json(let layout):
            try JSONReader(input: input, encoding: encoding, layout: layout, naming: named, limits: limits)
        }
    }
}
