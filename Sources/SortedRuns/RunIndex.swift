/// A map whose keys come in no order, on a storage that is quick only in order.
///
/// The newest entries are in memory, and in a log to which each transaction appends once. When they are many they are sorted
/// and written as a run; runs of one level are merged into one of the next. So an entry is written a few times in order,
/// instead of dirtying a page of a tree somewhere. This is a log-structured merge tree (O'Neil and others, 1996).
///
/// It belongs to one writer. What is put is seen at once, and is durable when the storage commits after ``write(to:)``.
public final class RunIndex {
    public let shape: RunShape
    private var newest: NewestEntries
    /// Newest first.
    private var runs: [Run] { didSet { filters = runs.map(\.filter.view) } }
    /// Of the runs, in their order.
    private var filters: [RunFilter.View]
    private var merge: RunMerge?
    private var retired: [StoredRun]
    private var place: LogPlace
    /// What the open step of upkeep takes back.
    private var before: State?
    /// Which values a merge of everything keeps, from the time it is asked for until it has begun.
    private var condensing: ((_ value: [UInt8]) -> Bool)?
    private let memoryEntries: Int
    private let seed: UInt64

    /// What upkeep changes.
    private struct State {
        let table: MemoryTable
        let runs: [Run]
        let merge: RunMerge?
        let retired: [StoredRun]
        let place: LogPlace
        let condensing: ((_ value: [UInt8]) -> Bool)?

        init(of index: RunIndex) {
            table = index.newest.table
            runs = index.runs
            merge = index.merge
            retired = index.retired
            place = index.place
            condensing = index.condensing
        }
    }

    /// Where the storage's log goes on. Each time a run was made its places are used again, so that what became a run need not be
    /// removed, which costs as much as writing it.
    private struct LogPlace {
        var epoch: Int
        /// Written since the epoch began.
        var written: Int
    }

    /// A point of a transaction to which the index can go back.
    public struct Mark: Sendable {
        let undone: Int
        let logged: Int
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
        newest = NewestEntries(MemoryTable(shape: shape, seed: seed, room: memoryEntries))
        let held = try storage.runs(of: shape.index)
        runs = held.filter { $0.state == .ready }.sorted(by: Self.isNewer).map { Run($0) }
        filters = runs.map(\.filter.view)
        retired = held.filter { $0.state != .ready }
        nextRun = (held.map(\.id).max() ?? Int64(shape.index) << 32) + 1
        let stored = try storage.log(of: shape.index)
        place = LogPlace(epoch: stored.epoch, written: stored.entries.count)
        for entries in stored.entries {
            entries.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count - shape.entryBytes + 1, by: shape.entryBytes) {
                    newest.put(UnsafeRawBufferPointer(rebasing: bytes[start..<start + shape.entryBytes]))
                }
            }
            newest.committed()
        }
    }

    private var nextRun: Int64

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
        if let isHeld = newest.table.copyValue(of: key, to: value) { return isHeld }
        guard !runs.isEmpty else { return false }
        let group = UnsafeRawBufferPointer(rebasing: key[..<shape.groupBytes])
        let hash = KeyHash.stored(group)
        for place in filters.indices where filters[place].mayContain(hash) {
            var found: Bool?
            try runs[place].forEach(group: group, shape, in: storage) { entry in
                if entry.isEqual(to: key, bytes: shape.keyBytes) { found = shape.copyValue(of: entry, to: value) }
            }
            if let found { return found }
        }
        return false
    }

    /// Nil for the trace of a removal.
    private func value(_ entry: UnsafeRawBufferPointer) -> [UInt8]? {
        entry[shape.keyBytes] == 1 ? Array(entry[(shape.keyBytes + 1)...]) : nil
    }

    /// False when no key of the group has or had a value, which costs no reading; seldom true of one that has none.
    public func mayHold(group: UnsafeRawBufferPointer) -> Bool {
        if newest.table.mayHold(group: group) { return true }
        guard !runs.isEmpty else { return false }
        let hash = KeyHash.stored(group)
        return filters.contains { $0.mayContain(hash) }
    }

    /// Asks memory for what a look-up of the group will read first, and does not wait for it.
    /// - Parameter isPutOnly: whether it will only be put, which reads no run.
    public func expect(group: UnsafeRawBufferPointer, isPutOnly: Bool) {
        newest.table.expect(group: group)
        guard !isPutOnly, !runs.isEmpty else { return }
        let hash = KeyHash.stored(group)
        for filter in filters { filter.expect(hash) }
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
            try newest.table.forEach(group: group, see)
            let hash = KeyHash.stored(group)
            for place in filters.indices where filters[place].mayContain(hash) {
                try runs[place].forEach(group: group, shape, in: storage, see)
            }
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
            newest.put(UnsafeRawBufferPointer(entry))
        }
    }

    public func mark() -> Mark { newest.mark() }

    /// Undoes everything since the mark.
    public func restore(_ mark: Mark) {
        newest.restore(mark)
        guard let before else { return }
        newest.replace(by: before.table)
        (runs, merge, retired) = (before.runs, before.merge, before.retired)
        (place, condensing) = (before.place, before.condensing)
        self.before = nil
    }

    /// Appends what was put since the last commit to the storage's log. Call it last before the storage commits, and
    /// ``committed()`` after.
    public func write(to storage: some RunStorage) throws {
        guard !newest.log.isEmpty else { return }
        try storage.putLog(of: shape.index, epoch: place.epoch, place: place.written + 1, newest.log)
    }

    /// The storage has committed: nothing before can be undone.
    public func committed() {
        if !newest.log.isEmpty { place.written += 1 }
        newest.committed()
        before = nil
    }

    // MARK: Upkeep

    /// Whether ``maintain(in:)`` has something to do.
    public var needsUpkeep: Bool {
        isFull || merge != nil || !retired.isEmpty || crowdedLevel != nil || condensing != nil
    }

    /// Whether as many entries are in memory as there should be: the next step of upkeep makes a run of them.
    public var isFull: Bool { newest.table.count >= memoryEntries }

    /// Asks upkeep to merge everything into one run and to leave out entries whose values are not kept, so that nothing is left
    /// of them. What is put meanwhile stays. It is forgotten when the process ends: ask again.
    public func condense(keeping: @escaping (_ value: [UInt8]) -> Bool) { condensing = keeping }

    /// Whether upkeep is at it, or at clearing away after it.
    public var isCondensing: Bool { condensing != nil || merge?.isOfAll == true || !retired.isEmpty }

    /// Does one step of upkeep: writes a run, moves a merge on, or drops pages of runs that were merged. Nothing may have
    /// been put since the last commit.
    public func maintain(in storage: some RunStorage) throws {
        precondition(newest.log.isEmpty, "upkeep has a transaction of its own")
        before = State(of: self)
        if isFull { return try writeRun(storage) }
        if merge != nil { return try stepMerge(storage) }
        if let run = retired.first { return try drop(run, storage) }
        if let keeping = condensing { return try beginCondensing(keeping, storage) }
        if let level = crowdedLevel { try beginMerge(of: level, storage) }
    }

    private func writeRun(_ storage: some RunStorage) throws {
        let table = newest.table
        var writer = RunWriter(id: takeID(), level: 0, expected: table.count, shape: shape)
        try table.forEachInOrder { try writer.append($0, to: storage) }
        runs.insert(try writer.finish(in: storage), at: 0)
        place = LogPlace(epoch: place.epoch + 1, written: 0)
        try storage.beginLog(of: shape.index, epoch: place.epoch)
        newest.replace(by: MemoryTable(shape: shape, seed: seed, room: memoryEntries))
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

    /// What is in memory becomes a run first, in the same step: work that goes on puts something between any two.
    private func beginCondensing(_ keeping: @escaping ([UInt8]) -> Bool, _ storage: some RunStorage) throws {
        if newest.table.count > 0 { try writeRun(storage) }
        condensing = nil
        try storage.clearLog(of: shape.index)
        guard !runs.isEmpty else { return }
        merge = try RunMerge(ofAll: runs, id: takeID(), keeping: keeping, shape: shape, in: storage)
    }

    private func stepMerge(_ storage: some RunStorage) throws {
        let entries = stepEntries
        newest.putSinceStep = 0
        guard let made = try merge?.step(of: entries, in: storage), let done = merge else { return }
        merge = nil
        let gone = Set(done.inputs.map(\.stored.id))
        for run in done.inputs {
            var stored = run.stored
            (stored.state, stored.fences) = (.retired, [])
            try storage.putRun(stored)
            retired.append(stored)
        }
        runs.removeAll { gone.contains($0.stored.id) }
        runs.append(made)
        runs.sort { Self.isNewer($0.stored, $1.stored) }
    }

    /// In proportion to what was put since the last step, so that a long merge is not paid for by work that puts little. A merge that
    /// is to leave nothing of something goes on as fast as it can.
    private var stepEntries: Int {
        if merge?.isOfAll == true { return RunLimits.mergeStepEntries }
        let owed = newest.putSinceStep * RunLimits.mergedForEachPut
        return min(max(owed, RunLimits.leastStepEntries), RunLimits.mergeStepEntries)
    }

    private func drop(_ run: StoredRun, _ storage: some RunStorage) throws {
        let isGone = try storage.dropPages(
            run.pageIDs, limit: RunLimits.dropStepPages, isErasing: shape.isErasing)
        guard isGone else { return }
        try storage.dropRun(run.id)
        retired.removeFirst()
    }

    private func takeID() -> Int64 {
        defer { nextRun += 1 }
        return nextRun
    }
}
