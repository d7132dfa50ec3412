import JSONTape

/// Machine code in the form in which it runs.
final class MachineImage: Sendable {
    let program: Program
    /// Rules that are applied as the evaluator does.
    let rules: [Rule]
    /// The texts of each word table, for strings that must be unescaped first.
    let names: [NameTable]
    let root: Int

    let operations: Frozen<Operation>
    let sites: Frozen<Site>
    let ranges: Frozen<OperationRange>
    let tables: Frozen<TablePool.Table>
    let entries: Frozen<WordTable.Entry>
    let pool: Frozen<UInt8>
    let automata: Frozen<AutomatonPool.Entry>
    let classes: Frozen<UInt8>
    let transitions: Frozen<UInt32>
    let accepts: Frozen<Bool>

    /// - Parameter program: the program of which the code was made.
    init(_ code: MachineCode, program: Program) {
        self.program = program
        rules = code.rules
        names = code.tables.names
        root = code.root
        operations = Frozen(code.operations)
        sites = Frozen(code.sites)
        ranges = Frozen(code.ranges)
        tables = Frozen(code.tables.tables)
        entries = Frozen(code.tables.entries)
        pool = Frozen(code.tables.pool)
        automata = Frozen(code.automata.entries)
        classes = Frozen(code.automata.classes)
        transitions = Frozen(code.automata.table)
        accepts = Frozen(code.automata.accepts)
    }

    /// Whether the value keeps the schema that was compiled.
    func isValid(_ value: JSONView) -> Bool {
        withExtendedLifetime(self) {
            Machine(image: self, value: value).check(root, value.index)
        }
    }
}
