import Interchange

/// Makes an export of persons who do not exist, with what intake owes each row: for tests, demonstrations and load.
///
/// Rows are made one by one, so that any number of them needs the same memory:
///
///     var synthesizer = try Synthesizer(plan)
///     while synthesizer.next(into: &export, truth: &truth) { … write both and empty them … }
///
/// The same plan gives the same bytes on every machine, for one ``version``.
public struct Synthesizer: Sendable {
    /// Counts up whenever a seed gives other bytes than before.
    public static let version = 1

    public let plan: SynthesisPlan
    private let population: Population
    private let cellWriter: CellWriter
    private let truthWriter: TruthWriter
    private let format: any ExportFormat
    private var cells = Cells()
    private var rowsMade = 0
    private var isWhole = false

    /// - Throws: ``SynthesisError`` when the plan cannot be followed.
    public init(_ plan: SynthesisPlan, codeLists: CodeLists = .standard) throws(SynthesisError) {
        try plan.check()
        self.plan = plan
        let layout = plan.layout
        let firstYear = plan.lastDay.adding(days: -Population.arrivalDays).year
        let atlas = DivisionAtlas(codeLists, window: firstYear...plan.lastDay.year)
        var phrases = Phrases(layout.text)
        let ethnicities = Ethnicities(&phrases)
        population = try Population(plan, atlas, ethnicities, &phrases)
        let words = CellWords(layout, atlas, ethnicities, &phrases)
        let columns = Column.all(of: layout.kind)
        cellWriter = CellWriter(layout, columns, atlas, words, phrases)
        truthWriter = TruthWriter(layout.kind, atlas, phrases)
        format = layout.writer(columns, lastDay: plan.lastDay.components)
    }

    /// Appends the next row to an export, and with the first and the last what stands around the rows.
    ///
    /// - Parameter truth: gets the row's line of JSON: `row`, `defect`, `outcome`, `codes`, and for rows that pass what the
    ///   record must hold.
    /// - Returns: false when the export was whole already, and nothing was appended.
    public mutating func next(into export: inout [UInt8], truth: inout [UInt8]) -> Bool {
        guard let facts = write(to: &export) else { return begunEmpty(&export) }
        truthWriter.append(facts, to: &truth)
        return true
    }

    /// Appends the next row without its truth.
    public mutating func next(into export: inout [UInt8]) -> Bool {
        write(to: &export) != nil || begunEmpty(&export)
    }

    private mutating func write(to export: inout [UInt8]) -> Facts? {
        guard rowsMade < plan.rows else { return nil }
        if rowsMade == 0 { format.begin(rows: plan.rows, to: &export) }
        rowsMade += 1
        let facts = population.facts(of: rowsMade)
        cellWriter.write(facts, to: &cells)
        format.row(cells, isFirst: rowsMade == 1, to: &export)
        if rowsMade == plan.rows { finish(&export) }
        return facts
    }

    private mutating func finish(_ export: inout [UInt8]) {
        cellWriter.writeRemark(to: &cells)
        format.end(rows: plan.rows, remark: cells, to: &export)
        isWhole = true
    }

    /// An export without rows has a beginning and an end all the same.
    private mutating func begunEmpty(_ export: inout [UInt8]) -> Bool {
        guard !isWhole else { return false }
        format.begin(rows: 0, to: &export)
        finish(&export)
        return true
    }
}
