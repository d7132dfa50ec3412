import Intake

/// What a mapping says of the files it reads.
public struct SourceDescription: Sendable {
    /// Formats of the mapping language. This version reads CSV.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case csv, fixedWidth, dbf, xml, json, ndjson
    }

    public var format = Format.csv
    public var encoding = SourceEncoding.auto
    /// Which line names the columns, from 1.
    public var header = 1
    public var skip: (column: String, pattern: RowPattern)?
    /// Names the local system in the keyed hash of record ids, so that two mappings of one system (its arrivals and its
    /// departures) give one fact one id. Nil: the two digits of the register province.
    public var system: String?

    public init() {}
}
