import Intake

/// What a sample file tells about a mapping: the part of the static check that needs one.
public struct SampleFindings: Sendable {
    /// A word of the source that no code table covers.
    public struct Uncovered: Sendable, Hashable {
        public var column: String
        /// The source's own word: for the eyes of who writes the mapping, never for a log.
        public var word: String
        public var count: Int

        public init(column: String, word: String, count: Int) {
            self.column = column
            self.word = word
            self.count = count
        }
    }

    public var mistakes: [MappingMistake] = []
    /// By column, the most frequent first; at most ``mostWords`` words.
    public var uncovered: [Uncovered] = []

    public static let mostWords = 1_000
}

extension CompiledMapping {
    /// Mistakes that show only beside the columns of a file.
    public func mistakes(forColumns columns: [String]) -> [MappingMistake] {
        var mistakes: [MappingMistake] = []
        func note(_ message: String, line: Int, column: Int, _ remedy: String) {
            mistakes.append(MappingMistake(file: file, line: line, column: column, message: message, remedy: remedy))
        }
        for name in usedColumns where !columns.contains(name) {
            let place = rules.first { $0.columns.contains(name) }?.place ?? record.place
            note(
                "the sample has no column \(name)", line: place.line, column: place.column, "Correct the column's name")
        }
        let used = usedColumns
        for name in columns where !used.contains(name) && !dropped.contains(name) {
            let isForbidden = source.isForbidden(column: name)
            note(
                isForbidden
                    ? "the column \(name) tells of reproduction, medicine or marriage and is not dropped"
                    : "the column \(name) is neither used nor dropped",
                line: dropPlace.line, column: dropPlace.column, "List it under drop")
        }
        return mistakes
    }

    /// Reads a sample through: its columns, and the words that no code table covers.
    ///
    /// - Throws: ``IntakeError`` when the sample is not what the mapping says for another reason than its columns.
    public func check(sample: any ByteSource) throws(IntakeError) -> SampleFindings {
        var reader = try reader(of: sample)
        var findings = SampleFindings()
        findings.mistakes = mistakes(forColumns: reader.columns)
        let coded = rules.compactMap { rule -> (rule: FieldRule, column: Int)? in
            guard rule.table != nil, rule.columns.count == 1,
                let column = reader.columns.firstIndex(of: rule.columns[0])
            else { return nil }
            return (rule, column)
        }
        let skip = source.skip.flatMap { skip in
            reader.columns.firstIndex(of: skip.column).map { (column: $0, pattern: skip.pattern) }
        }
        reader.follow(
            ReadingPlan(
                decoded: reader.columns.indices.map { column in coded.contains { $0.column == column } },
                withheld: reader.columns.map(source.isForbidden), skip: skip))
        try reader.verify()
        var counts: [SampleFindings.Uncovered: Int] = [:]
        var row = RowBuffer()
        while try reader.next(into: &row) {
            guard row.fault == nil else { continue }
            for (rule, column) in coded {
                guard let word = Self.uncovered(row.bytes[row.bounds[column]], rule) else { continue }
                let key = SampleFindings.Uncovered(column: reader.columns[column], word: word, count: 0)
                if counts[key] != nil || counts.count < SampleFindings.mostWords { counts[key, default: 0] += 1 }
            }
        }
        findings.uncovered = counts.map { SampleFindings.Uncovered(column: $0.column, word: $0.word, count: $1) }
            .sorted { ($0.column, -$0.count, $0.word) < ($1.column, -$1.count, $1.word) }
        return findings
    }

    /// The word, when the rule's table does not have it.
    private static func uncovered(_ cell: ArraySlice<UInt8>, _ rule: FieldRule) -> String? {
        var value = Array(cell)
        for step in rule.steps where step.apply(to: &value) == .failed { return nil }
        let word = value[Blanks.trimmed(value)]
        if word.isEmpty { return nil }
        let text = String(decoding: word, as: UTF8.self)
        return rule.table?.translate(&value) == false ? text : nil
    }
}
