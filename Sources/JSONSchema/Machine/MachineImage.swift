import JSONTape
import Synchronization

/// Machine code in the form in which it runs.
final class MachineImage: Sendable {
    /// Its own among all images of the process, in the upper half; the lower half is free for a site's number.
    let identity: UInt64
    private static let made = Atomic<UInt64>(0)

    let program: Program
    /// Rules that are applied as the evaluator does.
    let rules: [Rule]
    /// The texts of each word table, for strings that must be unescaped first.
    let names: [NameTable]

    private let alone: [Int]

    let operations: Frozen<Operation>
    let sites: Frozen<Site>
    let duties: Frozen<MemberDuty>
    let ranges: Frozen<OperationRange>
    let tables: Frozen<TablePool.Table>
    let entries: Frozen<WordTable.Entry>
    let slots: Frozen<UInt32>
    let pool: Frozen<UInt8>
    let automata: Frozen<AutomatonPool.Entry>
    let classes: Frozen<UInt8>
    let transitions: Frozen<UInt32>
    let accepts: Frozen<Bool>
    /// Of fixed runs: the sets that each byte is not in, and the set that each position asks for.
    let absences: Frozen<UInt16>
    let positions: Frozen<UInt16>

    /// - Parameter program: the program of which the code was made.
    init(_ code: MachineCode, program: Program) {
        self.program = program
        identity = (Self.made.add(1, ordering: .relaxed).newValue) << 32
        rules = code.rules
        names = code.tables.names
        alone = code.alone
        operations = Frozen(code.operations)
        sites = Frozen(code.sites)
        duties = Frozen(code.duties)
        ranges = Frozen(code.ranges)
        tables = Frozen(code.tables.tables)
        entries = Frozen(code.tables.entries)
        slots = Frozen(code.tables.slots)
        pool = Frozen(code.tables.pool)
        automata = Frozen(code.automata.entries)
        classes = Frozen(code.automata.classes)
        transitions = Frozen(code.automata.table)
        accepts = Frozen(code.automata.accepts)
        absences = Frozen(code.automata.runs.absences)
        positions = Frozen(code.automata.runs.positions)
    }

    /// Whether it can be told at once that the value keeps a subschema of the program.
    func plainlyKeeps(_ subschema: Int, _ value: JSONView) -> Bool {
        alone[subschema] >= 0 && isValid(value, site: alone[subschema])
    }

    /// Whether the value keeps the schema of a site.
    func isValid(_ value: JSONView, site: Int) -> Bool {
        withExtendedLifetime(self) {
            Machine(image: self, value: value).check(site, value.index)
        }
    }
}
