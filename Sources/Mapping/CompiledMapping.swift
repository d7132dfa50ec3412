import Interchange

/// A mapping that passed the static check: every rule names a target of its kind and can fill it, every required target
/// has a rule.
public struct CompiledMapping: Sendable {
    public let name: String
    public let kind: Kind
    public let source: SourceDescription
    /// The columns that are dropped, in the order of the file.
    public let dropped: [String]
    let file: String
    /// In the order of the envelope's members.
    let rules: [FieldRule]
    let record: RecordRule
    let dropPlace: Place
    let outward: OutwardDescription

    /// The longest mapping that is read: 256 KiB.
    public static let mostBytes = 256 << 10

    /// - Parameters:
    ///   - yaml: the mapping's text.
    ///   - file: its name, for the mistakes.
    /// - Throws: every mistake that is found, with line and column.
    public static func compile(yaml: String, file: String) throws(MappingMistakes) -> CompiledMapping {
        var compiler = MappingCompiler(file: file)
        guard let mapping = compiler.compile(yaml), compiler.notes.mistakes.isEmpty else {
            throw MappingMistakes(compiler.notes.mistakes)
        }
        let mistakes = mapping.mistakesOfWidths
        if !mistakes.isEmpty { throw MappingMistakes(mistakes) }
        return mapping
    }

    /// The columns that a person's number comes from.
    public var personNumberColumns: Set<String> {
        Set(rules.filter { $0.target.path == "person.idNumber" }.flatMap(\.columns))
    }

    /// Every column that some rule or key reads.
    public var usedColumns: [String] {
        var names = rules.flatMap(\.columns) + record.key.map(\.column)
        for rule in rules {
            if case .record(let record) = rule.origin { names += record.key.map(\.column) }
        }
        if let skip = source.skip { names.append(skip.column) }
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
    }

    init(
        name: String, kind: Kind, source: SourceDescription, dropped: [String], file: String, rules: [FieldRule],
        record: RecordRule, dropPlace: Place, outward: OutwardDescription
    ) {
        self.name = name
        self.kind = kind
        self.source = source
        self.dropped = dropped
        self.file = file
        self.rules = rules
        self.record = record
        self.dropPlace = dropPlace
        self.outward = outward
    }
}
