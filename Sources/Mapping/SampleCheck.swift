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
        let coded = rules.compactMap { rule -> (rule: FieldRule, columns: [Int])? in
            let columns = rule.columns.compactMap { reader.columns.firstIndex(of: $0) }
            return rule.table != nil && columns.count == rule.columns.count ? (rule, columns) : nil
        }
        let skip = source.skip.flatMap { skip in
            reader.columns.firstIndex(of: skip.column).map { (column: $0, pattern: skip.pattern) }
        }
        reader.follow(
            ReadingPlan(
                decoded: reader.columns.indices.map { column in coded.contains { $0.columns.contains(column) } },
                withheld: reader.columns.map(source.isForbidden), skip: skip))
        try reader.verify()
        var counts: [SampleFindings.Uncovered: Int] = [:]
        var row = RowBuffer()
        while try reader.next(into: &row) {
            guard row.fault == nil else { continue }
            for (rule, columns) in coded {
                for word in rule.uncoveredWords(columns.map { row.bytes[row.bounds[$0]] }) {
                    let key = SampleFindings.Uncovered(
                        column: rule.columns.joined(separator: "+"), word: word, count: 0)
                    if counts[key] != nil || counts.count < SampleFindings.mostWords { counts[key, default: 0] += 1 }
                }
            }
        }
        findings.uncovered = counts.map { SampleFindings.Uncovered(column: $0.column, word: $0.word, count: $1) }
            .sorted { ($0.column, -$0.count, $0.word) < ($1.column, -$1.count, $1.word) }
        return findings
    }
}

extension FieldRule {
    /// The words of a row that the rule's table does not have; none when a step fails, which is another matter.
    fileprivate func uncoveredWords(_ cells: [ArraySlice<UInt8>]) -> [String] {
        guard case .columns(_, let join) = origin, let table else { return [] }
        let filled = cells.filter { !Blanks.trimmed(Array($0)).isEmpty }
        var value: [UInt8]
        switch join {
        case .firstOf: value = Array(filled.first ?? [])
        case .separator(let separator): value = Array(filled.joined(separator: separator))
        }
        for step in steps {
            if Blanks.trimmed(value).isEmpty, !step.dealsWithEmpty { continue }
            if step.apply(to: &value) == .failed { return [] }
        }
        let items = listSeparator.map { PartSteps.parts(of: value, $0).map { Array($0) } } ?? [value]
        return items.compactMap { item in
            let word = Array(item[Blanks.trimmed(item)])
            var code = word
            return word.isEmpty || table.translate(&code) ? nil : String(decoding: word, as: UTF8.self)
        }
    }
}
