/// Turns acts into the log's next entries: gives each its sequence and nonce, checks and encodes it, and adds its leaf to
/// the tree.
///
/// A value, for a store that writes entries and tiles in the transaction of the act: copy it before, keep the copy when the
/// transaction fails. There is one appender of a log at a time; that is the store's to hold.
public struct AuditAppender: Sendable {
    /// The tree's growing end; ``TileAppender/takeChangedTiles()`` gives what the transaction writes beside the entries.
    public var tiles: TileAppender

    public init(tiles: TileAppender = TileAppender()) { self.tiles = tiles }

    /// The sequence of the next entry.
    public var nextSequence: UInt64 { tiles.size }

    /// An entry as it is stored.
    public struct Appended: Sendable, Hashable {
        public let sequence: UInt64
        /// What ``AuditEntry/encode(into:)`` wrote; at most ``EntryBundle/longestEntry`` bytes.
        public let bytes: [UInt8]
        public let leaf: Digest256
    }

    /// - Parameters:
    ///   - act: the entry; its sequence and nonce are replaced.
    ///   - generator: a cryptographic one, such as the system's; another only in tests.
    /// - Throws: what ``AuditEntry/validate()`` throws, or `entryTooLong`; nothing is then appended.
    public mutating func append(
        _ act: AuditEntry, using generator: inout some RandomNumberGenerator
    ) throws(AuditError) -> Appended {
        var entry = act
        entry.sequence = nextSequence
        entry.nonce = AuditNonce(using: &generator)
        try entry.validate()
        let bytes = entry.encoded()
        guard bytes.count <= EntryBundle.longestEntry else {
            throw AuditError(.entryTooLong, "An entry has \(bytes.count) bytes.")
        }
        let leaf = Digest256.leaf(bytes)
        tiles.append(leaf)
        return Appended(sequence: entry.sequence, bytes: bytes, leaf: leaf)
    }
}
