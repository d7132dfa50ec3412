import AuditLog

/// Another log's tiles, fetched as a proof asks for them, each once.
struct RemoteTiles {
    /// The most tiles of one proof: eight levels, two edges, and the leaves of the largest receipt.
    static let mostTiles = 128

    let client: WitnessClient
    let size: UInt64
    private var tiles: [TilePath: [UInt8]] = [:]

    init(client: WitnessClient, size: UInt64) { (self.client, self.size) = (client, size) }

    private struct Missing: Error { let path: TilePath }

    /// Runs the body again and again with what was fetched, until it misses nothing more.
    /// - Returns: nil when a tile cannot be had, or the log has no such proof.
    mutating func read<Value>(_ body: (TileHashReader) throws -> Value) async -> Value? {
        while tiles.count < Self.mostTiles {
            let reader = TileHashReader(size: size) { [tiles, size] level, index in
                let width = TilePath.width(level: level, index: index, size: size)
                let path = TilePath(.hashes(level: level), index: index, width: width)
                guard let tile = tiles[path] else { throw Missing(path: path) }
                return tile
            }
            do {
                return try body(reader)
            } catch let missing as Missing {
                guard let tile = await fetch(missing.path) else { return nil }
                tiles[missing.path] = tile
            } catch {
                return nil
            }
        }
        return nil
    }

    /// A partial tile may be gone once the full one is there.
    private func fetch(_ path: TilePath) async -> [UInt8]? {
        if let tile = await client.get(log: path.description) { return tile }
        var full = path
        full.width = TilePath.fullWidth
        return path.width == TilePath.fullWidth ? nil : await client.get(log: full.description)
    }
}
