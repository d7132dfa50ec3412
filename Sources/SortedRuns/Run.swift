/// A sorted, unchanging run of entries in pages, with what of it is in memory: fences and filter.
struct Run {
    let stored: StoredRun
    private let fences: [UInt64]
    /// Says of which groups it has no entry.
    let filter: RunFilter

    init(_ stored: StoredRun) { self.init(stored, RunFilter(bytes: stored.filter)) }

    /// - Parameter filter: what ``StoredRun/filter`` has, which is not kept twice.
    init(_ stored: StoredRun, _ filter: RunFilter) {
        self.filter = filter
        self.stored = stored.withoutFilter
        fences = stored.fences.withUnsafeBytes { bytes in
            (0..<stored.pages).map { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
    }

    /// Every entry of the group, in the order of their keys.
    func forEach(
        group: UnsafeRawBufferPointer, _ shape: RunShape, in storage: some RunStorage,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var page = firstPage(for: group.prefix)
        while page < stored.pages, fences[page] <= group.prefix {
            guard let bytes = try storage.page(stored.pageIDs.lowerBound + Int64(page)) else {
                throw RunDamage(run: stored.id, page: page)
            }
            try bytes.withUnsafeBytes { try Self.forEach(group: group, in: $0, shape, body) }
            page += 1
        }
    }

    /// The last page whose first key is below the prefix: what is sought may begin in it.
    private func firstPage(for prefix: UInt64) -> Int {
        var (low, high) = (0, fences.count)
        while low < high {
            let middle = (low + high) / 2
            if fences[middle] < prefix { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    private static func forEach(
        group: UnsafeRawBufferPointer, in page: UnsafeRawBufferPointer, _ shape: RunShape,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let size = shape.entryBytes
        func entry(_ place: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: page[place * size..<(place + 1) * size])
        }
        var (low, high) = (0, page.count / size)
        while low < high {
            let middle = (low + high) / 2
            if entry(middle).isLess(than: group, bytes: shape.groupBytes) { low = middle + 1 } else { high = middle }
        }
        while low < page.count / size, entry(low).isEqual(to: group, bytes: shape.groupBytes) {
            try body(entry(low))
            low += 1
        }
    }
}

/// A page that should be there is not: the database was damaged.
public struct RunDamage: Error, Sendable, CustomStringConvertible {
    public let run: Int64
    public let page: Int
    public var description: String { "page \(page) of run \(run) is missing" }
}
