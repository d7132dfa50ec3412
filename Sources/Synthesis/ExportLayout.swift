import Interchange

/// What a synthetic export looks like.
public struct ExportLayout: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case csv, fixedWidth, dbf, xml, json, ndjson
    }

    public enum Encoding: String, Sendable, Hashable, CaseIterable {
        case utf8 = "utf-8"
        case gb18030
    }

    /// One that a register submits: ``kinds``.
    public var kind: Kind
    /// Of the register: where the persons live now.
    public var province: Province
    public var format: Format
    public var encoding: Encoding

    public init(kind: Kind = .arrival, province: Province, format: Format, encoding: Encoding) {
        self.kind = kind
        self.province = province
        self.format = format
        self.encoding = encoding
    }

    public static let kinds: [Kind] = [.arrival, .departure, .relocation, .permit, .employment]

    /// Names of the layouts that ``init(like:)`` knows.
    public static let names = likenesses.map(\.name)

    /// The layout of a register whose mapping is in `config/mappings`; nil for a name that is none of ``names``.
    public init?(like name: String) {
        guard let found = Self.likenesses.first(where: { $0.name == name }), let province = Province(found.province)
        else {
            return nil
        }
        self.init(province: province, format: found.format, encoding: found.encoding)
    }

    private static let likenesses: [(name: String, province: String, format: Format, encoding: Encoding)] = [
        ("guangdong-arrivals", "44", .csv, .gb18030), ("shanghai-arrivals", "31", .csv, .utf8),
        ("zhejiang-arrivals", "33", .xml, .gb18030), ("liaoning-arrivals", "21", .dbf, .gb18030),
        ("heilongjiang-arrivals", "23", .fixedWidth, .gb18030),
    ]

    var text: ExportText {
        switch (encoding, format) {
        case (.utf8, _): .utf8
        case (.gb18030, .xml): .gbkWithReferences
        case (.gb18030, _): .gb18030
        }
    }

    /// Where column names have to be short, they are initials.
    var namesAreInitials: Bool { format == .dbf || format == .xml }

    func name(of column: Column) -> String { namesAreInitials ? column.initials : column.title }

    /// Bytes of the column, in the formats that fix them. The same characters take half as much again in UTF-8.
    func width(of column: Column) -> Int { encoding == .utf8 ? column.width * 3 / 2 : column.width }
}

/// What to make.
public struct SynthesisPlan: Sendable {
    public var layout: ExportLayout
    /// The same seed gives the same rows, however many of them are made.
    public var seed: UInt64
    /// 0 or more.
    public var rows: Int
    public var defects: DefectRates
    /// The last day of which the export tells: nobody is registered after it, and arrivals lie in the ten years before.
    /// 2015-01-01 to 2040-12-31: in earlier windows a province has no code that was valid throughout.
    public var lastDay: CivilDate

    public init(
        layout: ExportLayout, seed: UInt64, rows: Int, defects: DefectRates = .standard,
        lastDay: CivilDate = SynthesisPlan.usualLastDay
    ) {
        self.layout = layout
        self.seed = seed
        self.rows = rows
        self.defects = defects
        self.lastDay = lastDay
    }

    /// 2026-06-30: fixed, so that a seed gives the same bytes on every day.
    public static let usualLastDay = CivilDate(daysSince1970: 20_634)

    /// The most rows of one export: what a DBF can count.
    public static let mostRows = 2_000_000_000

    func check() throws(SynthesisError) {
        if layout.encoding == .gb18030, layout.format == .json || layout.format == .ndjson {
            throw SynthesisError(.encoding, "JSON is written in UTF-8 only", remedy: "Ask for the encoding utf-8")
        }
        guard (0...Self.mostRows).contains(rows) else {
            throw SynthesisError(.bounds, "There can be 0 to \(Self.mostRows) rows", remedy: "Ask for fewer rows")
        }
        guard (2015...2040).contains(lastDay.year) else {
            throw SynthesisError(.bounds, "The last day must be in 2015 to 2040", remedy: "Choose another day")
        }
        guard ExportLayout.kinds.contains(layout.kind) else {
            let kinds = ExportLayout.kinds.map(\.rawValue).joined(separator: ", ")
            throw SynthesisError(.bounds, "No source exports \(layout.kind.rawValue)", remedy: "Choose one of \(kinds)")
        }
    }
}
