/// A tile of hashes as it is stored and served: its place and 1 to 256 concatenated digests.
public struct Tile: Sendable, Hashable {
    /// 0 holds leaves; a hash at level *l* + 1 is the root of a full tile at level *l*.
    public var level: Int
    public var index: UInt64
    /// 32 to 8,192 bytes, a multiple of 32.
    public var bytes: [UInt8]

    public init(level: Int, index: UInt64, bytes: [UInt8]) {
        self.level = level
        self.index = index
        self.bytes = bytes
    }

    /// How many hashes the tile has.
    public var width: Int { bytes.count / Digest256.byteCount }

    public var path: TilePath { TilePath(.hashes(level: level), index: index, width: width) }
}

/// A bundle of entries in the C2SP `tlog-tiles` form: a big-endian 16-bit length before each entry.
public enum EntryBundle {
    /// What the length prefix can say, in bytes.
    public static let longestEntry = Int(UInt16.max)

    /// - Throws: `entryTooLong` when the entry has more than ``longestEntry`` bytes; `out` is then as it was.
    public static func append(_ entry: some Collection<UInt8>, to out: inout [UInt8]) throws(AuditError) {
        guard let length = UInt16(exactly: entry.count) else {
            throw AuditError(.entryTooLong, "An entry has \(entry.count) bytes; at most \(longestEntry) fit a bundle.")
        }
        out.append(UInt8(length >> 8))
        out.append(UInt8(truncatingIfNeeded: length))
        out.append(contentsOf: entry)
    }

    /// - Throws: `bundleMalformed` when the bytes end inside an entry or hold more than 256.
    public static func entries(in bundle: [UInt8]) throws(AuditError) -> [ArraySlice<UInt8>] {
        var rest = bundle[...]
        var entries: [ArraySlice<UInt8>] = []
        while let high = rest.popFirst() {
            guard let low = rest.popFirst(), entries.count < TilePath.fullWidth else { throw malformed }
            let length = Int(high) << 8 | Int(low)
            guard rest.count >= length else { throw malformed }
            entries.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return entries
    }

    private static var malformed: AuditError {
        AuditError(.bundleMalformed, "The bundle ends inside an entry, or holds more than 256.")
    }
}
