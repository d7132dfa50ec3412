/// Where an index keeps its log and its runs. Calls between two commits of the storage take effect together or not at all.
public protocol RunStorage {
    func page(_ id: Int64) throws -> [UInt8]?
    func putPage(_ id: Int64, _ bytes: [UInt8]) throws
    /// Drops at most `limit` pages of the range.
    /// - Parameter isErasing: whether nothing may be left of what stood in them.
    /// - Returns: whether none are left.
    func dropPages(_ ids: Range<Int64>, limit: Int, isErasing: Bool) throws -> Bool

    /// Adds the run, or replaces it by its id.
    func putRun(_ run: StoredRun) throws
    func dropRun(_ id: Int64) throws
    func runs(of index: Int) throws -> [StoredRun]

    /// Begins the log anew. What stands in it is not read any more, and is overwritten in time.
    func beginLog(of index: Int, epoch: Int) throws
    /// Writes what one transaction put over what stands at a place of the log, from 1.
    func putLog(of index: Int, epoch: Int, place: Int, _ entries: [UInt8]) throws
    /// What was put in the epoch that was begun last, or in 0 when none was, by its places.
    func log(of index: Int) throws -> (epoch: Int, entries: [[UInt8]])
    /// Leaves nothing of what stands in the log. Its epoch stays.
    func clearLog(of index: Int) throws
}

/// A run as it is stored.
public struct StoredRun: Sendable, Hashable {
    public enum State: Int, Sendable { case building, ready, retired }

    public var id: Int64
    public var index: Int
    public var level: Int
    public var entries: Int
    public var pages: Int
    public var state: State
    /// The first eight bytes of each page's first key.
    public var fences: [UInt8]
    public var filter: [UInt8]

    public init(
        id: Int64, index: Int, level: Int, entries: Int, pages: Int, state: State, fences: [UInt8], filter: [UInt8]
    ) {
        self.id = id
        self.index = index
        self.level = level
        self.entries = entries
        self.pages = pages
        self.state = state
        self.fences = fences
        self.filter = filter
    }

    var withoutFilter: StoredRun {
        var run = self
        run.filter = []
        return run
    }

    /// Ids of its pages: runs are numbered, and none has 2^24 pages.
    public var pageIDs: Range<Int64> { id << 24..<id << 24 + Int64(1 << 24) }
}
