/// Verifies a whole log: its entries in order, against its stored tiles, against the checkpoints that are kept of it.
///
/// Entries are read once, in a stream; memory does not grow with the log. What is found is reported, not thrown: an error
/// is only what reading a tile throws.
///
/// ```swift
/// var verifier = AuditVerifier(size: size, checkpoints: kept, keys: keys, origin: origin, tile: store.tile)
/// for row in entries { try verifier.take(row.sequence, row.bytes) }
/// let report = try verifier.finish()
/// ```
public struct AuditVerifier {
    /// More findings than this are counted, not kept.
    public static let mostFindings = 1_000

    private let size: UInt64
    private let firstKept: UInt64
    private let tile: (_ level: Int, _ index: UInt64) throws -> [UInt8]?
    /// Those that verified and are not yet reached, smallest last.
    private var ahead: [(holder: String, checkpoint: Checkpoint)]
    /// The size of the last of them.
    private var nextCheckpoint: UInt64?
    private var next: UInt64 = 0
    /// The tree over the leaves that the stored tiles state.
    private var stated = TileAppender()
    /// The tree over the entries' own leaves, from the first on that differs from its tile; nil while there is none.
    private var computed: TileAppender?
    private var differing: [UInt64] = []
    private var leaves: [UInt8]?
    private var report: AuditReport
    private let scan = EntryScan()

    /// - Parameters:
    ///   - size: how many leaves the store says the log has.
    ///   - firstKept: entries before this one were archived and removed; their tiles stand.
    ///   - checkpoints: the store's newest and those kept elsewhere.
    ///   - keys: the log's keys.
    ///   - origin: the log's origin.
    ///   - tile: the stored bytes of a tile, nil when there is none.
    public init(
        size: UInt64, firstKept: UInt64 = 0, checkpoints: [KeptCheckpoint], keys: [NoteVerifierKey], origin: String,
        tile: @escaping (_ level: Int, _ index: UInt64) throws -> [UInt8]?
    ) {
        self.size = size
        self.firstKept = firstKept
        self.tile = tile
        ahead = []
        report = AuditReport(size: size, root: .emptyRoot, findings: [], omitted: 0, covered: 0)
        for kept in checkpoints {
            do {
                ahead.append((kept.holder, try Checkpoint.open(kept.note, keys: keys, origin: origin)))
            } catch {
                found(AuditFinding(.checkpointRefused, "\(kept.holder): \(error.message)", holder: kept.holder))
            }
        }
        ahead.sort { $0.checkpoint.size > $1.checkpoint.size }
        nextCheckpoint = ahead.last?.checkpoint.size
        findConflicts()
        settleReachedCheckpoints()
    }

    /// Takes the entry that stands at `sequence`. Entries come in order of their sequence.
    /// - Throws: what reading a tile throws.
    public mutating func take(_ sequence: UInt64, _ entry: [UInt8]) throws {
        try entry.withUnsafeBytes { try take(sequence, $0) }
    }

    /// As the other, of bytes that need not be an array's.
    public mutating func take(_ sequence: UInt64, _ entry: UnsafeRawBufferPointer) throws {
        guard sequence >= next, sequence < size else {
            let place = sequence < size ? "repeats or comes out of order" : "stands beyond the tree's \(size) leaves"
            return found(AuditFinding(.entryUnexpected, "Entry \(sequence) \(place).", entries: sequence...sequence))
        }
        try fill(upTo: sequence)
        let leaf = Digest256.leaf(entry)
        let statedLeaf = try storedLeaf()
        if let statedLeaf, statedLeaf != leaf {
            if differing.count < Self.mostFindings { differing.append(sequence) }
            if computed == nil { computed = stated }
        } else {
            checkForm(of: entry, at: sequence)
        }
        try append(stated: statedLeaf ?? leaf, computed: leaf)
    }

    /// Ends the verification: what is missing at the end, what no checkpoint has decided, and the tiles at the right edge.
    /// - Throws: what reading a tile throws.
    public mutating func finish() throws -> AuditReport {
        try fill(upTo: size)
        for (holder, checkpoint) in ahead.reversed() {
            found(
                AuditFinding(
                    .logTooShort,
                    "The log has \(size) entries; the checkpoint held by \(holder) has \(checkpoint.size).",
                    holder: holder))
        }
        ahead = []
        for sequence in differing {
            found(
                AuditFinding(
                    .entryDiffersFromTile, "Entry \(sequence) does not hash to its leaf, and no checkpoint covers it.",
                    entries: sequence...sequence))
        }
        differing = []
        try compareUpperTiles()
        report.root = stated.root
        return report
    }
}

extension AuditVerifier {
    private mutating func found(_ finding: AuditFinding) {
        guard report.findings.count < Self.mostFindings else {
            report.omitted += 1
            return
        }
        report.findings.append(finding)
    }

    private mutating func findConflicts() {
        for (later, earlier) in zip(ahead, ahead.dropFirst())
        where later.checkpoint.size == earlier.checkpoint.size && later.checkpoint.root != earlier.checkpoint.root {
            found(
                AuditFinding(
                    .checkpointsConflict,
                    "\(later.holder) and \(earlier.holder) hold different roots of \(later.checkpoint.size) entries.",
                    holder: later.holder))
        }
    }

    private mutating func checkForm(of bytes: UnsafeRawBufferPointer, at sequence: UInt64) {
        let stated = bytes.withMemoryRebound(to: UInt8.self) { scan.sequence(of: $0) }
        if stated == sequence { return }
        do {
            let entry = try AuditEntry(decoding: Array(bytes))
            guard entry.sequence != sequence else { return }
            found(
                AuditFinding(
                    .entryMalformed, "Entry \(sequence) states another sequence.", entries: sequence...sequence))
        } catch {
            found(
                AuditFinding(.entryMalformed, "Entry \(sequence): \(error.message)", entries: sequence...sequence))
        }
    }

    /// Takes the leaves of entries that are not there from the tiles, up to the one before `end`.
    private mutating func fill(upTo end: UInt64) throws {
        guard next < end else { return }
        if max(next, firstKept) < end {
            let missing = max(next, firstKept)...end - 1
            found(
                AuditFinding(
                    .entryMissing, "Entries \(missing.lowerBound) to \(missing.upperBound) are missing.",
                    entries: missing))
        }
        while next < end {
            let leaf = try storedLeaf() ?? .emptyRoot
            try append(stated: leaf, computed: leaf)
        }
    }

    /// What the stored tile says of the next leaf; nil when the tile is missing or ends before it.
    private mutating func storedLeaf() throws -> Digest256? {
        let position = Int(next % 256)
        if position == 0 || next == 0 { try loadLeaves(next / 256) }
        return leaves?.withUnsafeBytes { bytes in
            bytes.count < (position + 1) * 32
                ? nil : Digest256(reading: UnsafeRawBufferPointer(rebasing: bytes[(position * 32)...]))
        }
    }

    private mutating func loadLeaves(_ index: UInt64) throws {
        leaves = try tile(0, index)
        let width = TilePath.width(level: 0, index: index, size: size)
        checkWidth(of: leaves, TilePath(.hashes(level: 0), index: index, width: width))
    }

    private mutating func checkWidth(of bytes: [UInt8]?, _ path: TilePath) {
        guard let bytes else {
            return found(AuditFinding(.tileMissing, "There is no \(path).", tile: path))
        }
        guard bytes.count < path.width * 32 || !bytes.count.isMultiple(of: 32) else { return }
        found(AuditFinding(.tileDamaged, "\(path) has \(bytes.count) bytes.", tile: path))
    }

    private mutating func append(stated statedLeaf: Digest256, computed leaf: Digest256) throws {
        stated.append(statedLeaf)
        computed?.append(leaf)
        next += 1
        if next % 65_536 == 0 { try compareUpperTiles() }
        settleReachedCheckpoints()
    }

    /// Compares the stored tiles above the leaves with those that the leaves make. Either tree may be the right one.
    private mutating func compareUpperTiles() throws {
        let alternatives = computed?.takeChangedTiles() ?? []
        for due in stated.takeChangedTiles() where due.level > 0 {
            let width = TilePath.width(level: due.level, index: due.index, size: size)
            guard due.width == width else { continue }
            let held = try tile(due.level, due.index)
            checkWidth(of: held, due.path)
            guard let held, held.count >= due.bytes.count, !held.starts(with: due.bytes) else { continue }
            let other = alternatives.first { $0.level == due.level && $0.index == due.index }
            guard other.map({ !held.starts(with: $0.bytes) }) ?? true else { continue }
            found(AuditFinding(.tileDamaged, "\(due.path) is not made of the tiles below it.", tile: due.path))
        }
    }

    private mutating func settleReachedCheckpoints() {
        guard nextCheckpoint == next else { return }
        while nextCheckpoint == next, let (holder, checkpoint) = ahead.popLast() {
            nextCheckpoint = ahead.last?.checkpoint.size
            settle(checkpoint, holder)
        }
    }

    /// A checkpoint says which of the two trees is the log's.
    private mutating func settle(_ checkpoint: Checkpoint, _ holder: String) {
        if stated.root == checkpoint.root {
            for sequence in differing {
                found(
                    AuditFinding(
                        .entryAltered, "Entry \(sequence) is not as it was logged.", entries: sequence...sequence))
            }
        } else if let computed, computed.root == checkpoint.root {
            for tile in Set(differing.map { $0 / 256 }).sorted() {
                let path = TilePath(.hashes(level: 0), index: tile)
                found(AuditFinding(.tileDamaged, "\(path) does not have the entries' hashes.", tile: path))
            }
            stated = computed
        } else {
            return found(
                AuditFinding(
                    .rootDiffers,
                    "The root of \(checkpoint.size) entries is not that of the checkpoint held by \(holder).",
                    entries: checkpoint.size > 0 ? 0...checkpoint.size - 1 : nil, holder: holder))
        }
        report.covered = max(report.covered, checkpoint.size)
        differing = []
        computed = nil
    }
}
