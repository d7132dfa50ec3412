/// Gives the hashes of a tree's perfect subtrees, from which every proof is made.
public protocol HashReader {
    /// The root of the subtree over leaves `index << height ..< (index + 1) << height`.
    /// - Throws: when the tree does not hold that subtree whole, or it cannot be read.
    func node(height: Int, index: UInt64) throws -> Digest256
}

/// Reads a tree of a stated size from its tiles. A tile may have grown past that size since: what is beyond is not read.
public struct TileHashReader: HashReader {
    public let size: UInt64
    private let tile: (_ level: Int, _ index: UInt64) throws -> [UInt8]?

    /// - Parameter tile: the stored bytes of a tile, nil when there is none.
    public init(size: UInt64, tile: @escaping (_ level: Int, _ index: UInt64) throws -> [UInt8]?) {
        self.size = size
        self.tile = tile
    }

    /// - Throws: `proofOutOfRange` when the tree does not hold that subtree whole; `tileMissing`, `tileMalformed`; and
    ///   what reading a tile throws.
    public func node(height: Int, index: UInt64) throws -> Digest256 {
        guard (0..<64).contains(height), index < size >> UInt64(height) else {
            throw AuditError(.proofOutOfRange, "The tree of \(size) leaves has no such subtree.")
        }
        let (level, rise) = (height / 8, height % 8)
        let first = index << UInt64(rise)
        let tileIndex = first / 256
        let width = TilePath.width(level: level, index: tileIndex, size: size)
        let bytes = try Self.checked(tile(level, tileIndex), level, tileIndex, width: width)
        let start = Int(first % 256)
        return Self.root(of: bytes, hashes: start..<start + 1 << rise)
    }

    /// The first `width` hashes of a stored tile.
    static func checked(_ bytes: [UInt8]?, _ level: Int, _ index: UInt64, width: Int) throws(AuditError) -> [UInt8] {
        guard let bytes else {
            throw AuditError(.tileMissing, "There is no tile \(index) of level \(level).")
        }
        guard bytes.count.isMultiple(of: Digest256.byteCount), bytes.count >= width * Digest256.byteCount else {
            throw AuditError(
                .tileMalformed, "Tile \(index) of level \(level) has \(bytes.count) bytes; \(width) hashes are due.")
        }
        return bytes.count == width * Digest256.byteCount ? bytes : Array(bytes.prefix(width * Digest256.byteCount))
    }

    /// - Parameter hashes: a range of hashes in the tile, whose length is a power of two.
    static func root(of tile: [UInt8], hashes: Range<Int>) -> Digest256 {
        tile.withUnsafeBytes { bytes in
            var frontier = MerkleFrontier()
            for position in hashes {
                frontier.append(Digest256(reading: UnsafeRawBufferPointer(rebasing: bytes[(position * 32)...])))
            }
            return frontier.root
        }
    }
}
