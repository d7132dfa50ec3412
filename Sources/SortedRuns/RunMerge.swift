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
        var bytes: [UInt8] = []
        /// Where in the bytes the current entry begins.
        var start = 0
        /// The front of the current entry's key.
        var prefix: UInt64 = 0

        /// Makes the current entry readable.
        /// - Returns: false at the run's end.
        @inline(__always)
        mutating func load(_ storage: some RunStorage) throws -> Bool {
            start < bytes.count ? true : try turn(storage)
        }

        private mutating func turn(_ storage: some RunStorage) throws -> Bool {
            while start >= bytes.count {
                guard page < run.stored.pages else { return false }
                guard let next = try storage.page(run.stored.pageIDs.lowerBound + Int64(page)) else {
                    throw RunDamage(run: run.stored.id, page: page)
                }
                (bytes, start, page) = (next, 0, page + 1)
            }
            note()
            return true
        }

        @inline(__always)
        mutating func advance(by size: Int) {
            start += size
            if start < bytes.count { note() }
        }

        private mutating func note() {
            prefix = bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[start...]).prefix }
        }

        /// How its current key and another's stand to each other, as `memcmp` says it.
        func compare(with other: Cursor, bytes count: Int) -> Int32 {
            bytes.withUnsafeBytes { mine in
                other.bytes.withUnsafeBytes { others in
                    UnsafeRawBufferPointer(rebasing: mine[start...]).compare(
                        with: UnsafeRawBufferPointer(rebasing: others[other.start...]), bytes: count)
                }
            }
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
    mutating func step(of entries: Int, in storage: some RunStorage) throws -> Run? {
        for _ in 0..<entries {
            guard let least = try leastCursor(storage) else { return try writer.finish(in: storage) }
            try take(from: least, storage)
        }
        return nil
    }

    /// The cursor of the least key; the first of equal ones, which has the newest entry.
    private mutating func leastCursor(_ storage: some RunStorage) throws -> Int? {
        var least: Int?
        var prefix = UInt64.max
        for place in cursors.indices {
            guard try cursors[place].load(storage) else { continue }
            let own = cursors[place].prefix
            guard let best = least else {
                (least, prefix) = (place, own)
                continue
            }
            if own < prefix || own == prefix && order(place, best) < 0 { (least, prefix) = (place, own) }
        }
        return least
    }

    private func order(_ place: Int, _ other: Int) -> Int32 {
        cursors[place].compare(with: cursors[other], bytes: shape.keyBytes)
    }

    /// Writes the entry, and passes over older ones of its key.
    private mutating func take(from least: Int, _ storage: some RunStorage) throws {
        let size = shape.entryBytes
        for place in cursors.indices where place != least && cursors[place].prefix == cursors[least].prefix {
            if try cursors[place].load(storage), order(place, least) == 0 { cursors[place].advance(by: size) }
        }
        let (bytes, start) = (cursors[least].bytes, cursors[least].start)
        cursors[least].advance(by: size)
        try bytes.withUnsafeBytes { bytes in
            let taken = UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
            guard taken[shape.keyBytes] == 1 || !isLowest else { return }
            if let keeping, !keeping(Array(taken[(shape.keyBytes + 1)...])) { return }
            try writer.append(taken, to: storage)
        }
    }
}
