import Interchange

/// A mapping read the other way: from envelopes of its kind to rows of the local format. ``CompiledMapping/outward()``
/// makes one where every column can be written.
public struct OutwardMapping: Sendable {
    public let mapping: CompiledMapping
    /// The columns that are written, in order.
    public let columns: [String]
    let sources: [ColumnSource]

    /// The most bytes that the column may have, where the format has a limit.
    func width(of column: String) -> Int? {
        if let width = mapping.outward.widths[column] { return width }
        guard case .fixedWidth(let columns) = mapping.source.layout else { return nil }
        return columns.first { $0.name == column }?.width
    }
}

extension CompiledMapping {
    /// The mapping read the other way.
    ///
    /// - Throws: every column that cannot be written, at the step that has no inverse.
    public func readOutward() throws(MappingMistakes) -> OutwardMapping {
        var found = ColumnSources(rules)
        var sources: [ColumnSource] = []
        let columns = outwardColumns
        var mistakes: [MappingMistake] = []
        for column in columns {
            if rules.contains(where: { $0.columns.contains(column) }) {
                sources.append(found.source(of: column) ?? .empty)
            } else {
                sources.append(.empty)
                if let mistake = unfilled(column) { mistakes.append(mistake) }
            }
        }
        for note in found.mistakes { mistakes.append(mistake(note.message, note.place, note.remedy)) }
        mistakes += layoutMistakes(columns)
        if mistakes.isEmpty { return OutwardMapping(mapping: self, columns: columns, sources: sources) }
        throw MappingMistakes(mistakes)
    }

    /// Those that `outward` or the source's own layout lists; else those that rules read, in the order of the file, and
    /// what a reader of the file needs beside them.
    private var outwardColumns: [String] {
        if !outward.columns.isEmpty { return outward.columns }
        if case .fixedWidth(let columns) = source.layout { return columns.map(\.name) }
        let placed = rules.flatMap { rule in rule.columns.map { (name: $0, place: rule.place) } }
        var names = placed.sorted { $0.place < $1.place }.map(\.name)
        if let skip = source.skip { names.insert(skip.column, at: 0) }
        names += usedColumns
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
    }

    /// Only the record's id has the value, and a hash cannot be read back. A column that is listed, or that only tells rows
    /// to skip, is left empty.
    private func unfilled(_ column: String) -> MappingMistake? {
        guard outward.columns.isEmpty, !dropped.contains(column), usedColumns.contains(column),
            column != source.skip?.column
        else { return nil }
        let keys =
            [record]
            + rules.compactMap { rule in
                if case .record(let record) = rule.origin { return record }
                return nil
            }
        let places = keys.flatMap(\.key).filter { $0.column == column }.map(\.place)
        return mistake(
            "the column \(column) is only in the record's id, which cannot be read back", places.min() ?? record.place,
            "Fill a target from it, or list the columns to write, with it to stay empty, under outward.columns")
    }

    private func layoutMistakes(_ columns: [String]) -> [MappingMistake] {
        switch source.format {
        case .fixedWidth:
            guard case .fixedWidth(let known) = source.layout else { return [] }
            return columns.filter { name in !known.contains { $0.name == name } && outward.widths[name] == nil }.map {
                mistake(
                    "nothing tells how many bytes the column \($0) has", outward.place,
                    "Give its width under source.header or outward.widths")
            }
        case .xml: return pathMistakes(columns, ColumnPath.xml, "is no path of elements")
        case .json, .ndjson: return pathMistakes(columns, ColumnPath.json, "leads into an array")
        case .dbf:
            let text = OutwardText(source.encoding)
            return columns.filter { text.bytes($0.utf8).count > 10 }.map {
                mistake(
                    "the column \($0) has more than the 10 bytes of a DBF field's name", outward.place,
                    "List the columns to write under outward.columns")
            }
        case .csv: return []
        }
    }

    private func pathMistakes(_ columns: [String], _ path: (String) -> [String]?, _ what: String) -> [MappingMistake] {
        let remedy = "List the columns to write under outward.columns"
        let bad = columns.filter { path($0) == nil }
        let tree = CellTree(columns.map { path($0) ?? [$0] })
        return bad.map { mistake("the column \($0) \(what)", outward.place, remedy) }
            + tree.conflicts.map {
                mistake("the column \(columns[$0]) is in another column, or holds one", outward.place, remedy)
            }
    }

    private func mistake(_ message: String, _ place: Place, _ remedy: String) -> MappingMistake {
        MappingMistake(file: file, line: place.line, column: place.column, message: message, remedy: remedy)
    }
}
