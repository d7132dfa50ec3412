/// The growing end of a log: the frontier of its tree and the partial tile at the right edge of each level.
///
/// A store appends leaf hashes, then takes the tiles that changed and writes them in the transaction of the entries. It is
/// a value: keep a copy from before the transaction and put it back when the transaction fails.
public struct TileAppender: Sendable {
    private var frontier: MerkleFrontier
    /// For each level, the bytes of the partial tile; empty when the level ends at a tile's border.
    private var edge: [[UInt8]]
    private var changed: [Bool]
    private var filled: [Tile] = []

    /// An empty log.
    public init() {
        frontier = MerkleFrontier()
        edge = []
        changed = []
    }

    /// How many leaves the log has.
    public var size: UInt64 { frontier.size }

    /// The root of the log at its present size.
    public var root: Digest256 { frontier.root }

    /// Amortised one node hash; a tile's buffer is allocated once in 256 leaves.
    public mutating func append(_ leaf: Digest256) {
        var completed = CompletedTileNodes()
        frontier.append(leaf) { height, node in if height & 7 == 0 { completed.add(node) } }
        for level in 0..<completed.count { extend(level: level, by: completed[level]) }
    }

    public mutating func append(contentsOf leaves: some Sequence<Digest256>) {
        for leaf in leaves { append(leaf) }
    }

    /// The tiles that are new or wider than when this was last asked: full ones in the order in which they were filled,
    /// then the partial one of each level. A store replaces what it holds under the same level and index.
    public mutating func takeChangedTiles() -> [Tile] {
        var tiles = filled
        filled = []
        for level in edge.indices where changed[level] {
            changed[level] = false
            if !edge[level].isEmpty {
                tiles.append(Tile(level: level, index: tileIndex(level: level), bytes: edge[level]))
            }
        }
        return tiles
    }

    private mutating func extend(level: Int, by node: Digest256) {
        if level == edge.count {
            edge.append([])
            changed.append(false)
        }
        if edge[level].isEmpty { edge[level].reserveCapacity(TilePath.fullWidth * Digest256.byteCount) }
        node.append(to: &edge[level])
        changed[level] = true
        guard edge[level].count == TilePath.fullWidth * Digest256.byteCount else { return }
        filled.append(Tile(level: level, index: tileIndex(level: level) - 1, bytes: edge[level]))
        edge[level] = []
    }

    /// Of the tile that the next hash of this level goes to.
    private func tileIndex(level: Int) -> UInt64 { size >> UInt64(8 * (level + 1)) }
}

extension TileAppender {
    /// The end of a log that is stored.
    /// - Parameters:
    ///   - size: the log's size, as stored with the tiles.
    ///   - tile: the stored bytes of a tile; only the partial tile of each level is asked for. It may be wider than asked.
    /// - Throws: `tileMissing` or `tileMalformed`, and what `tile` throws.
    public init(size: UInt64, tile: (_ level: Int, _ index: UInt64) throws -> [UInt8]?) throws {
        edge = []
        var subtrees: [[Digest256]] = []
        for level in 0..<8 where size >> UInt64(8 * level) > 0 {
            let index = size >> UInt64(8 * level) / 256
            let width = TilePath.width(level: level, index: index, size: size)
            let bytes = width == 0 ? [] : try TileHashReader.checked(tile(level, index), level, index, width: width)
            edge.append(bytes)
            subtrees.append(Self.subtrees(of: bytes))
        }
        changed = edge.map { _ in false }
        guard let frontier = MerkleFrontier(size: size, subtrees: subtrees.reversed().flatMap { $0 }) else {
            throw AuditError(.tileMalformed, "The partial tiles do not make a tree of \(size) leaves.")
        }
        self.frontier = frontier
    }

    /// The roots of the perfect subtrees over a partial tile's hashes, largest first.
    private static func subtrees(of tile: [UInt8]) -> [Digest256] {
        var result: [Digest256] = []
        var start = 0
        let width = tile.count / Digest256.byteCount
        for height in (0..<8).reversed() where width >> height & 1 == 1 {
            result.append(TileHashReader.root(of: tile, hashes: start..<start + 1 << height))
            start += 1 << height
        }
        return result
    }
}

/// The nodes that one leaf completes at heights that are tile levels: at most eight, without a heap allocation.
private struct CompletedTileNodes {
    private var nodes = InlineArray<8, Digest256>(repeating: .emptyRoot)
    private(set) var count = 0

    mutating func add(_ node: Digest256) {
        nodes[count] = node
        count += 1
    }

    subscript(_ level: Int) -> Digest256 { nodes[level] }
}
