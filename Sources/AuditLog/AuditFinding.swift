/// One thing that verification found wrong with a log.
public struct AuditFinding: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The entry's bytes are not those that were logged: tiles that a checkpoint vouches for say otherwise.
        case entryAltered
        /// The entry and its leaf's hash in the tile differ, and no later checkpoint says which is right.
        case entryDiffersFromTile
        /// The entry is as logged, and is not in the log's form or states another sequence than it stands at.
        case entryMalformed
        /// No entry stands where the tree has a leaf.
        case entryMissing
        /// An entry stands twice, out of order, or beyond the tree's size.
        case entryUnexpected
        /// A tile is not there.
        case tileMissing
        /// A tile's hashes are not those of the entries or of the tiles below.
        case tileDamaged
        /// The log is shorter than a checkpoint says: its end was cut off, or an old copy restored.
        case logTooShort
        /// The tree's root at a checkpoint's size is not the checkpoint's: the log was rewritten or forked.
        case rootDiffers
        /// Two signed checkpoints give one size two roots: the log shows different views.
        case checkpointsConflict
        /// A checkpoint's form, origin or signature is not accepted.
        case checkpointRefused
    }

    public var kind: Kind
    /// The sequences that it concerns.
    public var entries: ClosedRange<UInt64>?
    /// The path of the tile that it concerns.
    public var tile: TilePath?
    /// Who holds the checkpoint that it concerns.
    public var holder: String?
    /// One sentence; it never repeats an entry's content.
    public var message: String

    init(
        _ kind: Kind, _ message: String, entries: ClosedRange<UInt64>? = nil, tile: TilePath? = nil,
        holder: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.entries = entries
        self.tile = tile
        self.holder = holder
    }

    public var description: String { "\(kind.rawValue): \(message)" }
}

/// What verification of a log found.
public struct AuditReport: Sendable, Hashable {
    /// How many leaves the log has.
    public var size: UInt64
    /// The root of the tree over the stored tiles' leaves.
    public var root: Digest256
    /// In the order of the log; at most ``AuditVerifier/mostFindings``.
    public var findings: [AuditFinding]
    /// How many findings were left out beyond those.
    public var omitted: Int
    /// The size of the largest checkpoint that the log bears out. Entries from there on nothing signed vouches for.
    public var covered: UInt64

    /// Nothing is wrong.
    public var isSound: Bool { findings.isEmpty }
}

/// A signed checkpoint and who kept it.
public struct KeptCheckpoint: Sendable, Hashable {
    /// `own`, or the peer or file that it comes from.
    public var holder: String
    /// The signed note as it was kept.
    public var note: [UInt8]

    public init(holder: String, note: [UInt8]) {
        self.holder = holder
        self.note = note
    }
}

extension AuditReport {
    /// Adds that entries are gone without an entry that says they were archived.
    public mutating func addUnannouncedArchive(before end: UInt64) {
        findings.append(
            AuditFinding(
                .entryMissing, "Entries before \(end) are gone, and no entry says that they were archived.",
                entries: 0...max(end, 1) - 1))
    }
}
