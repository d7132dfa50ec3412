import JSONTape

/// Machine code in the form in which it runs.
final class MachineImage: Sendable {
    let program: Program
    /// Rules that are applied as the evaluator does.
    let rules: [Rule]
    /// The texts of each word table, for strings that must be unescaped first.
    let names: [NameTable]

    let operations: Frozen<Operation>
    let sites: Frozen<Site>
    let duties: Frozen<MemberDuty>
    let ranges: Frozen<OperationRange>
    let tables: Frozen<TablePool.Table>
    let entries: Frozen<WordTable.Entry>
    let pool: Frozen<UInt8>
    let automata: Frozen<AutomatonPool.Entry>
    let classes: Frozen<UInt8>
    let transitions: Frozen<UInt32>
    let accepts: Frozen<Bool>
    /// Of fixed runs: the sets that each byte is in, and the set that each position asks for.
    let memberships: Frozen<UInt16>
    let positions: Frozen<UInt16>

    /// - Parameter program: the program of which the code was made.
    init(_ code: MachineCode, program: Program) {
        self.program = program
        rules = code.rules
        names = code.tables.names
        operations = Frozen(code.operations)
        sites = Frozen(code.sites)
        duties = Frozen(code.duties)
        ranges = Frozen(code.ranges)
        tables = Frozen(code.tables.tables)
        entries = Frozen(code.tables.entries)
        pool = Frozen(code.tables.pool)
        automata = Frozen(code.automata.entries)
        classes = Frozen(code.automata.classes)
        transitions = Frozen(code.automata.table)
        accepts = Frozen(code.automata.accepts)
        memberships = Frozen(code.automata.runs.memberships)
        positions = Frozen(code.automata.runs.positions)
    }

    /// Whether the value keeps the schema of a site.
    func isValid(_ value: JSONView, site: Int) -> Bool {
        withExtendedLifetime(self) {
            Machine(image: self, value: value).check(site, value.index)
        }
    }
}
