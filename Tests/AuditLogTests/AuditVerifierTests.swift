import AuditLog
import Testing

/// What an attacker who holds the store can change, and what others keep of the log.
struct Witnessed {
    static let origin = "gateway-44.example/audit"
    var log: StoredLog
    /// The tree's size as the store states it.
    var size: UInt64
    var checkpoints: [KeptCheckpoint]
    /// The sequence under which each entry stands.
    var rows: [(sequence: UInt64, bytes: [UInt8])]

    init(entries: Int) throws {
        log = try StoredLog(entries: entries)
        size = log.size
        rows = log.entries.enumerated().map { (UInt64($0.offset), $0.element) }
        checkpoints = []
        try keep(at: UInt64(entries), holder: "51")
        if entries > 3 { try keep(at: UInt64(entries / 2), holder: "own") }
    }

    static func signer() throws -> NoteSigner { try NoteSigner(name: origin, seed: GoNote.peterSeed) }

    mutating func keep(at size: UInt64, holder: String) throws {
        let root = try MerkleProof.root(size: size, in: log.reader)
        let note = try Checkpoint(origin: Self.origin, size: size, root: root).signed(by: Self.signer())
        checkpoints.append(KeptCheckpoint(holder: holder, note: Array(note.description.utf8)))
    }

    func verify(firstKept: UInt64 = 0) throws -> AuditReport {
        var verifier = AuditVerifier(
            size: size, firstKept: firstKept, checkpoints: checkpoints, keys: [try Self.signer().verifierKey],
            origin: Self.origin
        ) { log.tile($0, $1) }
        for row in rows { try verifier.take(row.sequence, row.bytes) }
        return try verifier.finish()
    }

    /// Makes tiles and size fit whatever rows there are, as someone would who holds the store but not the key.
    mutating func rebuild() {
        log = StoredLog(leaves: rows.map(\.bytes))
        size = log.size
    }
}

@Suite struct AuditVerifierTests {
    private typealias Kind = AuditFinding.Kind

    @Test(arguments: [0, 1, 2, 255, 256, 257, 700])
    func aSoundLogHasNoFindings(size: Int) throws {
        let report = try Witnessed(entries: size).verify()
        #expect(report.findings == [])
        #expect(report.isSound)
        #expect(report.size == UInt64(size))
        #expect(report.covered == UInt64(size))
    }

    @Test func aFlippedByteIsFoundInItsEntry() throws {
        var log = try Witnessed(entries: 300)
        log.rows[217].bytes[40] ^= 1
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.entryAltered])
        #expect(report.findings.first?.entries == 217...217)
        #expect(report.findings.first?.message == "Entry 217 is not as it was logged.")
    }

    @Test func anEntryBeyondEveryCheckpointDiffersFromItsTile() throws {
        var log = try Witnessed(entries: 300)
        log.checkpoints.removeFirst()
        log.rows[217].bytes[40] ^= 1
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.entryDiffersFromTile])
        #expect(report.covered == 150)
    }

    @Test func missingEntriesAreNamed() throws {
        var log = try Witnessed(entries: 300)
        log.rows.removeSubrange(254...257)
        log.rows.removeLast()
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.entryMissing, .entryMissing])
        #expect(report.findings.map(\.entries) == [254...257, 299...299])
    }

    @Test func archivedEntriesAreNotMissing() throws {
        var log = try Witnessed(entries: 600)
        log.rows.removeFirst(256)
        #expect(try log.verify(firstKept: 256).isSound)
        #expect(try log.verify().findings.map(\.entries) == [0...255])
    }

    @Test func aCutTailIsFoundByTheCheckpointKeptElsewhere() throws {
        var log = try Witnessed(entries: 300)
        log.rows.removeLast(2)
        log.rebuild()
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.logTooShort])
        #expect(report.findings.first?.holder == "51")
        #expect(report.findings.first?.message == "The log has 298 entries; the checkpoint held by 51 has 300.")
    }

    @Test func aRewrittenLogHasAnotherRoot() throws {
        var log = try Witnessed(entries: 300)
        log.rows[200].bytes = log.rows[201].bytes
        log.rebuild()
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.entryMalformed, .rootDiffers])
        #expect(report.findings.first?.message == "Entry 200 states another sequence.")
        #expect(report.covered == 150)
    }

    @Test func aDamagedLeafTileIsToldFromAnAlteredEntry() throws {
        var log = try Witnessed(entries: 300)
        log.log.tiles[.init(level: 0, index: 0)]?[32 * 9] ^= 1
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.tileDamaged])
        #expect(report.findings.first?.tile?.description == "tile/0/000")
    }

    @Test func aDamagedOrMissingUpperTileIsFound() throws {
        var log = try Witnessed(entries: 600)
        log.log.tiles[.init(level: 1, index: 0)]?[5] ^= 1
        #expect(try log.verify().findings.map(\.kind) == [.tileDamaged])
        log.log.tiles[.init(level: 1, index: 0)] = nil
        #expect(try log.verify().findings.map(\.kind) == [.tileMissing])
        log.log.tiles[.init(level: 1, index: 0)] = [1, 2, 3]
        #expect(try log.verify().findings.map(\.message) == ["tile/1/000.p/2 has 3 bytes."])
    }

    @Test func aMissingLeafTileIsFoundAndTheEntriesStandIn() throws {
        var log = try Witnessed(entries: 600)
        log.log.tiles[.init(level: 0, index: 1)] = nil
        let report = try log.verify()
        #expect(report.findings.map(\.message) == ["There is no tile/0/001."])
        #expect(report.covered == 600)
    }

    @Test func anEntryTwiceOrBeyondTheTreeIsUnexpected() throws {
        var log = try Witnessed(entries: 10)
        log.rows.append((4, log.rows[4].bytes))
        log.rows.append((10, log.rows[4].bytes))
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.entryUnexpected, .entryUnexpected])
    }

    @Test func aCheckpointThatDoesNotVerifyIsRefused() throws {
        var log = try Witnessed(entries: 10)
        log.checkpoints[0].note[3] ^= 1
        let report = try log.verify()
        #expect(report.findings.map(\.kind) == [.checkpointRefused])
        #expect(report.covered == 5)
    }

    @Test func twoRootsOfOneSizeAreAConflict() throws {
        var log = try Witnessed(entries: 10)
        let other = try Witnessed(entries: 11)
        var fork = other
        fork.rows[2].bytes = other.rows[3].bytes
        fork.rebuild()
        try fork.keep(at: 10, holder: "62")
        log.checkpoints.append(try #require(fork.checkpoints.last))
        #expect(try log.verify().findings.map(\.kind) == [.checkpointsConflict, .rootDiffers])
    }

    @Test func findingsAreBounded() throws {
        var log = try Witnessed(entries: 1_100)
        log.log.tiles = [:]
        log.rows = log.rows.map { ($0.sequence, Array("x".utf8)) }
        let report = try log.verify()
        #expect(report.findings.count == AuditVerifier.mostFindings)
        #expect(report.omitted > 0)
    }
}
