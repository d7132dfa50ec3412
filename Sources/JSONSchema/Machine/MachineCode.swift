/// What the machine runs: the part of a program that it can, and where to turn to the evaluator for the rest.
struct MachineCode: Sendable {
    var operations: [Operation] = []
    var sites: [Site] = []
    var duties: [MemberDuty] = []
    var ranges: [OperationRange] = []
    var rules: [Rule] = []
    var tables = TablePool()
    var automata = AutomatonPool()
    /// The site of each schema.
    var roots: [Int] = []
    /// The site of each subschema that has one for itself alone; negative for the others.
    var alone: [Int] = []
}

/// Word tables, one after the other.
struct TablePool: Sendable {
    struct Table: Sendable {
        var entryStart: Int
        var slotStart: Int
        var poolStart: Int
        var mask: Int
        var multiplier: UInt32
        var shift: UInt32
    }

    private(set) var tables: [Table] = []
    private(set) var entries: [WordTable.Entry] = []
    private(set) var slots: [UInt32] = []
    private(set) var pool: [UInt8] = []
    /// The texts of each table.
    private(set) var names: [NameTable] = []

    mutating func add(_ names: NameTable) -> Int32 {
        let table = WordTable(names.names)
        tables.append(
            Table(
                entryStart: entries.count, slotStart: slots.count, poolStart: pool.count, mask: table.slots.count - 1,
                multiplier: table.multiplier, shift: table.shift))
        self.names.append(names)
        entries += table.entries
        slots += table.slots
        pool += table.pool
        return Int32(tables.count - 1)
    }
}

/// Automata of patterns, one after the other.
struct AutomatonPool: Sendable {
    struct Entry: Sendable {
        var classStart: Int
        var classCount: Int
        var tableStart: Int
        var acceptStart: Int
        /// The row of the first state.
        var start: Int
        var run: FixedRun.Place
    }

    private(set) var entries: [Entry] = []
    private(set) var classes: [UInt8] = []
    /// Rows by their first index, which saves the product that a state's number would need for every byte.
    private(set) var table: [UInt32] = []
    private(set) var accepts: [Bool] = []
    private(set) var runs = FixedRun.Pool()

    mutating func add(_ automaton: PatternAutomaton) -> Int32 {
        entries.append(
            Entry(
                classStart: classes.count, classCount: automaton.classCount, tableStart: table.count,
                acceptStart: accepts.count, start: automaton.start * automaton.classCount,
                run: runs.add(FixedRun(automaton), classCount: automaton.classCount)))
        classes += automaton.classes
        table += automaton.table.map { UInt32($0) * UInt32(automaton.classCount) }
        accepts += automaton.accepts
        return Int32(entries.count - 1)
    }
}
