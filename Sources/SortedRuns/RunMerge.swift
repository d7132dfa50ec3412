/// A merge of neighbouring runs into one of the next level, done in steps. Of equal keys the newest entry is kept.
struct RunMerge {
    /// Newest first.
    let inputs: [Run]
    private let shape: RunShape
    /// Whether nothing older is left below, so that removals need not be carried on.
    private let isLowest: Bool
    private var cursors: [Cursor]
    private var writer: RunWriter
    /// Of a merge of all runs, which values it keeps.
    private let keeping: ((_ value: [UInt8]) -> Bool)?

    var isOfAll: Bool { keeping != nil }

    private struct Cursor {
        let run: Run
        var page = 0
        var place = 0
        var bytes: [UInt8] = []

        /// Makes the current entry readable.
        /// - Returns: false at the run's end.
        mutating func load(_ size: Int, _ storage: some RunStorage) throws -> Bool {
            while place * size >= bytes.count {
                guard page < run.stored.pages else { return false }
                guard let next = try storage.page(run.stored.pageIDs.lowerBound + Int64(page)) else {
                    throw RunDamage(run: run.stored.id, page: page)
                }
                (bytes, place, page) = (next, 0, page + 1)
            }
            return true
        }
    }

    init(_ inputs: [Run], id: Int64, isLowest: Bool, shape: RunShape, in storage: some RunStorage) throws {
        try self.init(
            inputs, id: id, level: (inputs.first?.stored.level ?? 0) + 1, isLowest: isLowest, keeping: nil,
            shape: shape,
            in: storage)
    }

    /// - Parameter runs: every run that there is, newest first.
    init(
        ofAll runs: [Run], id: Int64, keeping: @escaping ([UInt8]) -> Bool, shape: RunShape, in storage: some RunStorage
    ) throws {
        // At the lowest level that there is, so that what is written meanwhile is newer.
        let level = max(1, runs.map(\.stored.level).max() ?? 1)
        try self.init(runs, id: id, level: level, isLowest: true, keeping: keeping, shape: shape, in: storage)
    }

    private init(
        _ inputs: [Run], id: Int64, level: Int, isLowest: Bool, keeping: (([UInt8]) -> Bool)?, shape: RunShape,
        in storage: some RunStorage
    ) throws {
        self.inputs = inputs
        self.shape = shape
        self.isLowest = isLowest
        self.keeping = keeping
        cursors = inputs.map { Cursor(run: $0) }
        writer = RunWriter(
            id: id, level: level, expected: inputs.reduce(0) { $0 + $1.stored.entries }, shape: shape)
        try storage.putRun(writer.run)
    }

    /// - Parameter entries: how many it moves at most.
    /// - Returns: the finished run; nil while there is more to do.
    mutating func step(of entries: Int, in storage: some RunStorage) throws -> StoredRun? {
        for _ in 0..<entries {
            guard let least = try leastCursor(storage) else { return try writer.finish(in: storage) }
            try take(from: least, storage)
        }
        return nil
    }

    private mutating func leastCursor(_ storage: some RunStorage) throws -> Int? {
        var least: Int?
        for index in cursors.indices {
            guard try cursors[index].load(shape.entryBytes, storage) else { continue }
            guard let best = least else {
                least = index
                continue
            }
            if entry(of: index, { mine in entry(of: best) { mine.isLess(than: $0, bytes: shape.keyBytes) } }) {
                least = index
            }
        }
        return least
    }

    /// Writes the entry, and passes over older ones of its key.
    private mutating func take(from least: Int, _ storage: some RunStorage) throws {
        let taken = entry(of: least) { Array($0) }
        try taken.withUnsafeBytes { taken in
            for index in cursors.indices where try cursors[index].load(shape.entryBytes, storage) {
                if entry(of: index, { $0.isEqual(to: taken, bytes: shape.keyBytes) }) { cursors[index].place += 1 }
            }
            guard taken[shape.keyBytes] == 1 || !isLowest else { return }
            if let keeping, !keeping(Array(taken[(shape.keyBytes + 1)...])) { return }
            try writer.append(taken, to: storage)
        }
    }

    private func entry<Result>(of index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let size = shape.entryBytes
        let start = cursors[index].place * size
        return cursors[index].bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<start + size])) }
    }
}
