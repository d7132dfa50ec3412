/// What the entries of one index look like. All lengths are fixed, in bytes.
public struct RunShape: Sendable, Hashable {
    /// Tells the indexes of one storage apart.
    public let index: Int
    public let keyBytes: Int
    /// The front part of a key under which entries are looked up together; `keyBytes` where each key is alone.
    public let groupBytes: Int
    public let valueBytes: Int
    /// Whether nothing may be left on the disk of an entry that is gone: pages that are set free are written over.
    public let isErasing: Bool

    public init(index: Int, keyBytes: Int, groupBytes: Int? = nil, valueBytes: Int, isErasing: Bool = false) {
        precondition(groupBytes ?? keyBytes >= 8, "a group has at least eight bytes")
        self.index = index
        self.keyBytes = keyBytes
        self.groupBytes = groupBytes ?? keyBytes
        self.valueBytes = valueBytes
        self.isErasing = isErasing
    }

    /// Key, a byte that is 1 for an entry and 0 for its removal, value.
    var entryBytes: Int { keyBytes + 1 + valueBytes }
    /// Copies the value out of an entry.
    /// - Returns: false for the trace of a removal.
    func copyValue(of entry: UnsafeRawBufferPointer, to value: UnsafeMutableRawPointer) -> Bool {
        guard entry[keyBytes] == 1, let base = entry.baseAddress else { return false }
        value.copyMemory(from: base + keyBytes + 1, byteCount: valueBytes)
        return true
    }

    /// Entries of a page.
    var pageEntries: Int { max(1, RunLimits.pageBytes / entryBytes) }
}

/// Bounds of an index.
public enum RunLimits {
    /// A page of a run is at most this long, so that with its row it fits one page of the database.
    public static let pageBytes = 4_000
    /// Entries kept in memory before they are written as a run.
    public static let memoryEntries = 65_536
    /// Runs of one level that are merged into one of the next.
    public static let fanIn = 16
    /// The most entries that one step of a merge moves: what a step costs is what other work waits for.
    public static let mergeStepEntries = 32_768
    /// The fewest that it moves.
    public static let leastStepEntries = 256
    /// Entries that merges move for each that was put: one for each level that it will pass, which is three with 268 million.
    public static let mergedForEachPut = 3
    /// Pages that one step of a clearance drops.
    public static let dropStepPages = 4_096
    /// Bits of a run's filter for each entry; one look-up in a thousand of an absent key reads a page in vain.
    public static let filterBitsPerEntry = 16
}
