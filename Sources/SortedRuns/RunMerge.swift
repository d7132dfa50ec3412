/// A merge of neighbouring runs into one of the next level, done in steps. Of equal keys the newest entry is kept.
struct RunMerge {
    /// Newest first.
    let inputs: [Run]
    private let shape: RunShape
    /// Whether nothing older is left below, so that removals need not be carried on.
    private let isLowest: Bool
    private var cursors: [Cursor]
    /// Of the cursors that are not at their end, the current entries in the order in which they are taken: by key, and of equal keys the
    /// newest first.
    private var heads: [Head] = []
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

        /// Moves to the next entry.
        /// - Returns: false at the run's end.
        @inline(__always)
        mutating func advance(by size: Int, _ storage: some RunStorage) throws -> Bool {
            start += size
            return start < bytes.count ? true : try turn(storage)
        }

        /// Moves to the first entry of the next page.
        /// - Returns: false at the run's end.
        mutating func turn(_ storage: some RunStorage) throws -> Bool {
            repeat {
                guard page < run.stored.pages else { return false }
                guard let next = try storage.page(run.stored.pageIDs.lowerBound + Int64(page)) else {
                    throw RunDamage(run: run.stored.id, page: page)
                }
                (bytes, start, page) = (next, 0, page + 1)
            } while bytes.isEmpty
            return true
        }

        /// The front of the current entry's key.
        @inline(__always)
        var prefix: UInt64 { bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[start...]).prefix } }

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

    private struct Head {
        let prefix: UInt64
        /// Its place among the cursors: the newer run has the lower one.
        let cursor: Int
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
        for place in cursors.indices where try cursors[place].turn(storage) {
            heads.append(Head(prefix: cursors[place].prefix, cursor: place))
        }
        heads.sort(by: precedes)
    }

    /// - Parameter entries: how many it moves at most.
    /// - Returns: the finished run; nil while there is more to do.
    mutating func step(of entries: Int, in storage: some RunStorage) throws -> Run? {
        for _ in 0..<entries {
            guard !heads.isEmpty else { return try writer.finish(in: storage) }
            try takeFirst(storage)
        }
        return nil
    }

    private func precedes(_ left: Head, _ right: Head) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        let order = order(left, right)
        return order != 0 ? order < 0 : left.cursor < right.cursor
    }

    /// As `memcmp` says it of their keys.
    private func order(_ left: Head, _ right: Head) -> Int32 {
        cursors[left.cursor].compare(with: cursors[right.cursor], bytes: shape.keyBytes)
    }

    /// Writes the first entry, and passes over older ones of its key.
    private mutating func takeFirst(_ storage: some RunStorage) throws {
        let first = heads[0]
        while heads.count > 1, heads[1].prefix == first.prefix, order(heads[1], first) == 0 {
            try advance(1, storage)
        }
        let (bytes, start) = (cursors[first.cursor].bytes, cursors[first.cursor].start)
        try bytes.withUnsafeBytes { bytes in
            let entry = UnsafeRawBufferPointer(rebasing: bytes[start..<start + shape.entryBytes])
            guard entry[shape.keyBytes] == 1 || !isLowest else { return }
            if let keeping, !keeping(Array(entry[(shape.keyBytes + 1)...])) { return }
            try writer.append(entry, to: storage)
        }
        try advance(0, storage)
    }

    /// Moves a head to its next entry, and to where that belongs.
    private mutating func advance(_ place: Int, _ storage: some RunStorage) throws {
        let cursor = heads[place].cursor
        guard try cursors[cursor].advance(by: shape.entryBytes, storage) else {
            heads.remove(at: place)
            return
        }
        let head = Head(prefix: cursors[cursor].prefix, cursor: cursor)
        var place = place
        while place + 1 < heads.count, precedes(heads[place + 1], head) {
            heads[place] = heads[place + 1]
            place += 1
        }
        heads[place] = head
    }
}
