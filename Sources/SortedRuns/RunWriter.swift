/// Writes sorted entries as the pages of a new run.
struct RunWriter {
    private(set) var run: StoredRun
    private let shape: RunShape
    private var page: [UInt8] = []
    private var fences: [UInt8] = []
    private let filter: RunFilter

    /// - Parameter expected: at most how many entries will come.
    init(id: Int64, level: Int, expected: Int, shape: RunShape) {
        run = StoredRun(
            id: id, index: shape.index, level: level, entries: 0, pages: 0, state: .building, fences: [], filter: [])
        self.shape = shape
        filter = RunFilter(entries: expected)
    }

    mutating func append(_ entry: UnsafeRawBufferPointer, to storage: some RunStorage) throws {
        if page.isEmpty { fences.append(contentsOf: entry[..<8]) }
        page.append(contentsOf: entry)
        filter.insert(KeyHash.stored(UnsafeRawBufferPointer(rebasing: entry[..<shape.groupBytes])))
        run.entries += 1
        if page.count / shape.entryBytes == shape.pageEntries { try flush(to: storage) }
    }

    /// Ends the run: from now on it can be read.
    mutating func finish(in storage: some RunStorage) throws -> Run {
        try flush(to: storage)
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
