/// The entries that are in no run, with what takes back and what repeats those of the open transaction: one value, so that to put
/// an entry is one access to it.
struct NewestEntries {
    private(set) var table: MemoryTable
    /// What the open transaction put, in order.
    private(set) var log: [UInt8] = []
    private var undo: [Undo] = []
    /// How many were put since a merge last moved on; what was taken back counts, too.
    var putSinceStep = 0

    private enum Undo {
        case added
        case replaced([UInt8])
    }

    init(_ table: MemoryTable) { self.table = table }

    mutating func put(_ entry: UnsafeRawBufferPointer) {
        log.append(contentsOf: entry)
        let before = table.put(entry)
        undo.append(before.map { .replaced($0) } ?? .added)
        putSinceStep += 1
    }

    func mark() -> RunIndex.Mark { RunIndex.Mark(undone: undo.count, logged: log.count) }

    /// Takes back everything since the mark.
    mutating func restore(_ mark: RunIndex.Mark) {
        while undo.count > mark.undone, let step = undo.popLast() {
            switch step {
            case .added: table.removeLast()
            case .replaced(let entry): _ = entry.withUnsafeBytes { table.put($0) }
            }
        }
        log.removeLast(log.count - mark.logged)
    }

    /// Nothing before can be taken back.
    mutating func committed() {
        undo.removeAll(keepingCapacity: true)
        log.removeAll(keepingCapacity: true)
    }

    /// Begins with another table; nothing may have been put since the last commit.
    mutating func replace(by table: MemoryTable) { self.table = table }
}
