/// A map whose keys come in no order, on a storage that is quick only in order.
///
/// The newest entries are in memory, and in a log to which each transaction appends once. When they are many they are sorted
/// and written as a run; runs of one level are merged into one of the next. So an entry is written a few times in order,
/// instead of dirtying a page of a tree somewhere. This is a log-structured merge tree (O'Neil and others, 1996).
///
/// It belongs to one writer. What is put is seen at once, and is durable when the storage commits after ``write(to:)``.
public final class RunIndex {
    public let shape: RunShape
    private var table: MemoryTable
    /// Newest first.
    private var runs: [Run]
    private var merge: RunMerge?
    private var retired: [StoredRun]
    private var log: [UInt8] = []
    private var undo: [Undo] = []
    /// Which values a merge of everything keeps, from the time it is asked for until it has begun.
    private var condensing: ((_ value: [UInt8]) -> Bool)?
    private let memoryEntries: Int
    private let seed: UInt64

    private enum Undo {
        case added
        case replaced([UInt8])
        case maintained(State)
    }

    /// What upkeep changes; an object, so that the many small steps stay small.
    private final class State {
        let table: MemoryTable
        let runs: [Run]
        let merge: RunMerge?
        let retired: [StoredRun]
        let condensing: ((_ value: [UInt8]) -> Bool)?

        init(of index: RunIndex) {
            table = index.table
            runs = index.runs
            merge = index.merge
            retired = index.retired
            condensing = index.condensing
        }
    }

    /// A point of a transaction to which the index can go back.
    public struct Mark: Sendable {
        fileprivate let undone: Int
        fileprivate let logged: Int
    }

    /// Reads what the storage holds; a merge that was cut off is dropped and will begin anew.
    /// - Parameters:
    ///   - seed: random, for the table in memory.
    ///   - memoryEntries: how many are kept in memory before they become a run.
    public init(
        _ shape: RunShape, seed: UInt64, memoryEntries: Int = RunLimits.memoryEntries, in storage: some RunStorage
    ) throws {
        self.shape = shape
        self.seed = seed
        self.memoryEntries = memoryEntries
        table = MemoryTable(shape: shape, seed: seed)
        let stored = try storage.runs(of: shape.index)
        runs = stored.filter { $0.state == .ready }.sorted(by: Self.isNewer).map(Run.init)
        retired = stored.filter { $0.state != .ready }
        nextRun = (stored.map(\.id).max() ?? Int64(shape.index) << 32) + 1
        for entries in try storage.log(of: shape.index) {
            entries.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count - shape.entryBytes + 1, by: shape.entryBytes) {
                    _ = table.put(UnsafeRawBufferPointer(rebasing: bytes[start..<start + shape.entryBytes]))
                }
            }
        }
    }

    private var nextRun: Int64
    /// Entries put since a merge last moved on; what was taken back counts, too.
    private var putSinceStep = 0

    private static func isNewer(_ left: StoredRun, _ right: StoredRun) -> Bool {
        left.level != right.level ? left.level < right.level : left.id > right.id
    }

    // MARK: Reading

    /// The value of a key; nil when it has none.
    public func value(of key: [UInt8], in storage: some RunStorage) throws -> [UInt8]? {
        var isFound = false
        let value = try [UInt8](unsafeUninitializedCapacity: shape.valueBytes) { value, count in
            guard let base = value.baseAddress else { return }
            isFound = try key.withUnsafeBytes { try copy($0, to: base, in: storage) }
            count = isFound ? shape.valueBytes : 0
        }
        return isFound ? value : nil
    }

    /// Copies the value of a key out.
    /// - Parameter value: with room for as many bytes as the shape says.
    /// - Returns: false when the key has none.
    public func copy(
        _ key: UnsafeRawBufferPointer, to value: UnsafeMutableRawPointer, in storage: some RunStorage
    ) throws -> Bool {
        if let place = table.place(of: key) { return table.withEntry(place) { copyValue($0, to: value) } }
        guard !runs.isEmpty else { return false }
        let group = UnsafeRawBufferPointer(rebasing: key[..<shape.groupBytes])
        let hash = KeyHash.stored(group)
        for place in runs.indices where runs[place].mayContain(hash) {
            var found: Bool?
            try runs[place].forEach(group: group, shape, in: storage) { entry in
                if entry.isEqual(to: key, bytes: shape.keyBytes) { found = copyValue(entry, to: value) }
            }
            if let found { return found }
        }
        return false
    }

    /// - Returns: false for the trace of a removal.
    private func copyValue(_ entry: UnsafeRawBufferPointer, to value: UnsafeMutableRawPointer) -> Bool {
        guard entry[shape.keyBytes] == 1, let base = entry.baseAddress else { return false }
        value.copyMemory(from: base + shape.keyBytes + 1, byteCount: shape.valueBytes)
        return true
    }

    /// Nil for the trace of a removal.
    private func value(_ entry: UnsafeRawBufferPointer) -> [UInt8]? {
        entry[shape.keyBytes] == 1 ? Array(entry[(shape.keyBytes + 1)...]) : nil
    }

    /// Every key of the group with its value, in no order.
    public func forEach(
        group: [UInt8], in storage: some RunStorage, _ body: (_ key: [UInt8], _ value: [UInt8]) throws -> Void
    ) throws {
        var seen: Set<[UInt8]> = []
        func see(_ entry: UnsafeRawBufferPointer) throws {
            let key = Array(entry[..<shape.keyBytes])
            guard seen.insert(key).inserted, let value = value(entry) else { return }
            try body(key, value)
        }
        try group.withUnsafeBytes { group in
            try table.forEach(group: group, see)
            let hash = KeyHash.stored(group)
            for run in runs where run.mayContain(hash) { try run.forEach(group: group, shape, in: storage, see) }
        }
    }

    // MARK: Writing

    public func put(_ key: [UInt8], _ value: [UInt8]) {
        precondition(key.count == shape.keyBytes && value.count == shape.valueBytes, "lengths are the shape's")
        put { keyBytes, valueBytes in
            keyBytes.copyMemory(from: key, byteCount: key.count)
            valueBytes.copyMemory(from: value, byteCount: value.count)
        }
    }

    /// Sets the value of a key; `write` fills in both, as many bytes as the shape says.
    public func put(_ write: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> Void) {
        putEntry { entry in
            entry.storeBytes(of: 1, toByteOffset: shape.keyBytes, as: UInt8.self)
            write(entry, entry + shape.keyBytes + 1)
        }
    }

    public func remove(_ key: [UInt8]) {
        precondition(key.count == shape.keyBytes, "lengths are the shape's")
        remove { $0.copyMemory(from: key, byteCount: key.count) }
    }

    /// Removes the key that `write` fills in.
    public func remove(_ write: (_ key: UnsafeMutableRawPointer) -> Void) {
        putEntry { entry in
            entry.initializeMemory(as: UInt8.self, repeating: 0, count: shape.entryBytes)
            write(entry)
        }
    }

    private func putEntry(_ write: (UnsafeMutableRawPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: shape.entryBytes, alignment: 8) { entry in
            guard let base = entry.baseAddress else { return }
            write(base)
            let bytes = UnsafeRawBufferPointer(entry)
            log.append(contentsOf: bytes)
            let before = table.put(bytes)
            undo.append(before.map { .replaced($0) } ?? .added)
            putSinceStep += 1
        }
    }

    public func mark() -> Mark { Mark(undone: undo.count, logged: log.count) }

    /// Undoes everything since the mark.
    public func restore(_ mark: Mark) {
        while undo.count > mark.undone, let step = undo.popLast() {
            switch step {
            case .added: table.removeLast()
            case .replaced(let entry): _ = entry.withUnsafeBytes { table.put($0) }
            case .maintained(let state):
                (table, runs, merge, retired) = (state.table, state.runs, state.merge, state.retired)
                condensing = state.condensing
            }
        }
        log.removeLast(log.count - mark.logged)
    }

    /// Appends what was put since the last commit to the storage's log. Call it last before the storage commits, and
    /// ``committed()`` after.
    public func write(to storage: some RunStorage) throws {
        guard !log.isEmpty else { return }
        try storage.appendLog(of: shape.index, log)
    }

    /// The storage has committed: nothing before can be undone.
    public func committed() {
        undo.removeAll(keepingCapacity: true)
        log.removeAll(keepingCapacity: true)
    }

    // MARK: Upkeep

    /// Whether ``maintain(in:)`` has something to do.
    public var needsUpkeep: Bool {
        isFull || merge != nil || !retired.isEmpty || crowdedLevel != nil || condensing != nil
    }

    /// Whether as many entries are in memory as there should be: the next step of upkeep makes a run of them.
    public var isFull: Bool { table.count >= memoryEntries }

    /// Asks upkeep to merge everything into one run and to leave out entries whose values are not kept, so that nothing is left
    /// of them. What is put meanwhile stays. It is forgotten when the process ends: ask again.
    public func condense(keeping: @escaping (_ value: [UInt8]) -> Bool) { condensing = keeping }

    /// Whether upkeep is at it, or at clearing away after it.
    public var isCondensing: Bool { condensing != nil || merge?.isOfAll == true || !retired.isEmpty }

    /// Does one step of upkeep: writes a run, moves a merge on, or drops pages of runs that were merged. Nothing may have
    /// been put since the last commit.
    public func maintain(in storage: some RunStorage) throws {
        precondition(log.isEmpty, "upkeep has a transaction of its own")
        undo.append(.maintained(State(of: self)))
        if isFull { return try writeRun(storage) }
        if merge != nil { return try stepMerge(storage) }
        if let run = retired.first { return try drop(run, storage) }
        if let keeping = condensing { return try beginCondensing(keeping, storage) }
        if let level = crowdedLevel { try beginMerge(of: level, storage) }
    }

    private func writeRun(_ storage: some RunStorage) throws {
        var writer = RunWriter(id: takeID(), level: 0, expected: table.count, shape: shape)
        for place in table.sortedPlaces() { try table.withEntry(place) { try writer.append($0, to: storage) } }
        runs.insert(Run(try writer.finish(in: storage)), at: 0)
        try storage.clearLog(of: shape.index)
        table = MemoryTable(shape: shape, seed: seed)
    }

    private var crowdedLevel: Int? {
        var counts: [Int: Int] = [:]
        for run in runs { counts[run.stored.level, default: 0] += 1 }
        return counts.filter { $0.value >= RunLimits.fanIn }.keys.min()
    }

    private func beginMerge(of level: Int, _ storage: some RunStorage) throws {
        let inputs = runs.filter { $0.stored.level == level }.suffix(RunLimits.fanIn)
        let oldest = runs.last?.stored.id
        merge = try RunMerge(
            Array(inputs), id: takeID(), isLowest: inputs.last?.stored.id == oldest, shape: shape, in: storage)
    }

    /// What is in memory becomes a run first.
    private func beginCondensing(_ keeping: @escaping ([UInt8]) -> Bool, _ storage: some RunStorage) throws {
        if table.count > 0 { return try writeRun(storage) }
        condensing = nil
        guard !runs.isEmpty else { return }
        merge = try RunMerge(ofAll: runs, id: takeID(), keeping: keeping, shape: shape, in: storage)
    }

    private func stepMerge(_ storage: some RunStorage) throws {
        let entries = stepEntries
        putSinceStep = 0
        guard let made = try merge?.step(of: entries, in: storage), let done = merge else { return }
        merge = nil
        let gone = Set(done.inputs.map(\.stored.id))
        for run in done.inputs {
            var stored = run.stored
            (stored.state, stored.fences, stored.filter) = (.retired, [], [])
            try storage.putRun(stored)
            retired.append(stored)
        }
        runs.removeAll { gone.contains($0.stored.id) }
        runs.append(Run(made))
        runs.sort { Self.isNewer($0.stored, $1.stored) }
    }

    /// In proportion to what was put since the last step, so that a long merge is not paid for by work that puts little. A merge that
    /// is to leave nothing of something goes on as fast as it can.
    private var stepEntries: Int {
        if merge?.isOfAll == true { return RunLimits.mergeStepEntries }
        let owed = putSinceStep * RunLimits.mergedForEachPut
        return min(max(owed, RunLimits.leastStepEntries), RunLimits.mergeStepEntries)
    }

    private func drop(_ run: StoredRun, _ storage: some RunStorage) throws {
        guard try storage.dropPages(run.pageIDs, limit: RunLimits.dropStepPages) else { return }
        try storage.dropRun(run.id)
        retired.removeFirst()
    }

    private func takeID() -> Int64 {
        defer { nextRun += 1 }
        return nextRun
    }
}
