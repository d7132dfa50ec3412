import Intake
import Interchange

/// A mapping's columns, found in one file.
struct ColumnBinding {
    /// Index of each column that the mapping uses.
    let index: [String: Int]
    let plan: ReadingPlan
    /// The file's forbidden columns; never decoded, never kept.
    let forbidden: [String]

    /// - Parameter offsets: where each column's name begins in the file.
    /// - Throws: ``IntakeError/Code/columnMissing`` and ``IntakeError/Code/columnUnknown``, at the name or, for what is not
    ///   there, at the first name.
    init(_ mapping: CompiledMapping, columns: [String], offsets: [Int]) throws(IntakeError) {
        var index: [String: Int] = [:]
        for (position, name) in columns.enumerated() { index[name] = position }
        let used = mapping.usedColumns
        for name in used where index[name] == nil { throw .columnMissing(name, header: offsets.first ?? 0) }
        forbidden = columns.filter(mapping.source.isForbidden)
        for (position, name) in columns.enumerated() {
            if used.contains(name) || mapping.dropped.contains(name) || mapping.source.isForbidden(column: name) {
                continue
            }
            throw .columnUnknown(name, at: position < offsets.count ? offsets[position] : 0)
        }
        self.index = index
        plan = ReadingPlan(
            decoded: columns.map { used.contains($0) && !mapping.source.isForbidden(column: $0) },
            withheld: columns.map { mapping.source.isForbidden(column: $0) },
            skip: mapping.source.skip.flatMap { skip in index[skip.column].map { ($0, skip.pattern) } })
    }
}
