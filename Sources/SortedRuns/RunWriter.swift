/// Writes sorted entries as the pages of a new run.
struct RunWriter {
    private(set) var run: StoredRun
    private let shape: RunShape
    private var page: [UInt8] = []
    private var fences: [UInt8] = []
    private let filter: RunFilter
    private let pageBytes: Int
    /// Of the newest entries, hashes that memory was asked for and the filter does not have.
    private var expected = ExpectedHashes()

    /// - Parameter expected: at most how many entries will come.
    init(id: Int64, level: Int, expected: Int, shape: RunShape) {
        run = StoredRun(
            id: id, index: shape.index, level: level, entries: 0, pages: 0, state: .building, fences: [], filter: [])
        self.shape = shape
        pageBytes = shape.pageEntries * shape.entryBytes
        filter = RunFilter(entries: expected)
    }

    mutating func append(_ entry: UnsafeRawBufferPointer, to storage: some RunStorage) throws {
        if page.isEmpty { fences.append(contentsOf: entry[..<8]) }
        page.append(contentsOf: entry)
        let hash = KeyHash.stored(UnsafeRawBufferPointer(rebasing: entry[..<shape.groupBytes]))
        filter.view.expect(hash)
        if let due = expected.push(hash) { filter.insert(due) }
        run.entries += 1
        if page.count == pageBytes { try flush(to: storage) }
    }

    /// Ends the run: from now on it can be read.
    mutating func finish(in storage: some RunStorage) throws -> Run {
        try flush(to: storage)
        expected.forEach(filter.insert)
        run.state = .ready
        run.fences = fences
        var whole = run
        whole.filter = filter.bytes
        try storage.putRun(whole)
        return Run(run, filter)
    }

    private mutating func flush(to storage: some RunStorage) throws {
        guard !page.isEmpty else { return }
        try storage.putPage(run.pageIDs.lowerBound + Int64(run.pages), page)
        run.pages += 1
        page.removeAll(keepingCapacity: true)
    }
}

/// The last few hashes, oldest first.
private struct ExpectedHashes {
    private var ring = SIMD8<UInt64>()
    private var count = 0

    /// - Returns: the one that came eight before.
    @inline(__always)
    mutating func push(_ hash: UInt64) -> UInt64? {
        let place = count & 7
        let due = count >= 8 ? ring[place] : nil
        ring[place] = hash
        count += 1
        return due
    }

    func forEach(_ body: (UInt64) -> Void) { for place in 0..<min(count, 8) { body(ring[place]) } }
}
