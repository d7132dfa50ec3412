import AuditLog
import Testing

@Suite struct TileTests {
    /// The examples of C2SP tlog-tiles.
    @Test(arguments: [
        ("tile/0/x001/x234/067", TilePath(.hashes(level: 0), index: 1_234_067)),
        ("tile/3/000", TilePath(.hashes(level: 3), index: 0)),
        ("tile/63/999.p/1", TilePath(.hashes(level: 63), index: 999, width: 1)),
        ("tile/entries/x001/000.p/255", TilePath(.entries, index: 1000, width: 255)),
        ("tile/entries/273.p/112", TilePath(.entries, index: 273, width: 112)),
    ])
    func aPathIsWrittenAndReadOneWay(text: String, path: TilePath) throws {
        #expect(path.description == text)
        #expect(try TilePath(parsing: text) == path)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/0", "tile/0/1000",
        "tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p", "/tile/0/000", "tile/0/000/", "tile/entries/x1/000", "tile/data/000", "tile/+1/000",
        "tile/0/+01", "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/x001/x234/067.p/ 1",
    ])
    func anyOtherPathIsRefused(text: String) {
        #expect(throws: AuditError(.pathMalformed, "This is not a path of a tile or of an entry bundle.")) {
            try TilePath(parsing: text)
        }
    }

    @Test func theGreatestIndexHasAPath() throws {
        let path = TilePath(.hashes(level: 0), index: .max)
        #expect(path.description == "tile/0/x018/x446/x744/x073/x709/x551/615")
        #expect(try TilePath(parsing: path.description) == path)
    }

    @Test func aTreeOf70000LeavesHasTheTilesOfTheSpecification() {
        let log = StoredLog(leaves: (0..<70_000).map { [UInt8($0 & 255), UInt8($0 >> 8 & 255)] })
        let widths = { (level: Int) in
            log.tiles.filter { $0.key.level == level }.sorted { $0.key.index < $1.key.index }.map {
                $0.value.count / 32
            }
        }
        #expect(widths(0) == [Int](repeating: 256, count: 273) + [112])
        #expect(widths(1) == [256, 17])
        #expect(widths(2) == [1])
        #expect(widths(3) == [])
    }

    @Test func aTreeOf256LeavesHasAFullTileAndOneHashAbove() {
        let log = StoredLog(leaves: [[UInt8]](repeating: [], count: 256))
        #expect(
            log.tiles.mapValues { $0.count / 32 } == [.init(level: 0, index: 0): 256, .init(level: 1, index: 0): 1])
    }

    @Test func widthsFollowTheSpecification() {
        #expect(TilePath.width(level: 0, index: 272, size: 70_000) == 256)
        #expect(TilePath.width(level: 0, index: 273, size: 70_000) == 112)
        #expect(TilePath.width(level: 0, index: 274, size: 70_000) == 0)
        #expect(TilePath.width(level: 1, index: 1, size: 70_000) == 17)
        #expect(TilePath.width(level: 2, index: 0, size: 70_000) == 1)
        #expect(TilePath.width(level: 9, index: 0, size: .max) == 0)
        #expect(TilePath.width(level: 0, index: .max, size: .max) == 0)
    }

    @Test func anAppenderTakenUpAgainAtAnySizeGoesOnAlike() throws {
        var running = TileAppender()
        var log = StoredLog(leaves: [])
        for number in 0..<1_100 {
            let leaf = Digest256.leaf(Array("\(number)".utf8))
            var restored = try TileAppender(size: running.size) { log.tile($0, $1) }
            #expect(restored.root == running.root)
            restored.append(leaf)
            running.append(leaf)
            #expect(restored.root == running.root)
            let changed = running.takeChangedTiles()
            #expect(restored.takeChangedTiles() == changed)
            log.keep(changed)
        }
        #expect(running.takeChangedTiles().isEmpty)
    }

    @Test func anAppenderIsRestoredAcrossThreeLevels() throws {
        var running = TileAppender()
        running.append(contentsOf: (0..<65_536 + 300).map { Digest256.leaf(Array("\($0)".utf8)) })
        var log = StoredLog(leaves: [])
        log.keep(running.takeChangedTiles())
        let restored = try TileAppender(size: running.size) { log.tile($0, $1) }
        #expect(restored.root == running.root)
        #expect(restored.size == 65_836)
    }

    @Test func aWiderStoredTileServesASmallerTree() throws {
        let log = StoredLog(leaves: Reference.leaves)
        for size in 0...8 {
            let appender = try TileAppender(size: UInt64(size)) { log.tile($0, $1) }
            #expect(appender.root.description == Reference.roots[size])
        }
    }

    @Test func aMissingOrShortTileIsNotTakenUp() {
        let log = StoredLog(leaves: Reference.leaves)
        #expect(throws: AuditError(.tileMissing, "There is no tile 0 of level 0.")) {
            try TileAppender(size: 8) { _, _ in nil }
        }
        #expect(throws: AuditError(.tileMalformed, "Tile 0 of level 0 has 256 bytes; 9 hashes are due.")) {
            try TileAppender(size: 9) { log.tile($0, $1) }
        }
    }

    @Test func aCopyBringsAnAppenderBack() {
        var appender = TileAppender()
        appender.append(.leaf(Reference.leaves[0]))
        let before = appender
        appender.append(.leaf(Reference.leaves[1]))
        _ = appender.takeChangedTiles()
        appender = before
        #expect(appender.root.description == Reference.roots[1])
        #expect(appender.takeChangedTiles().map(\.width) == [1])
    }

    @Test func aBundlePutsItsLengthBeforeEachEntry() throws {
        var bundle: [UInt8] = []
        try EntryBundle.append([0x61, 0x62], to: &bundle)
        try EntryBundle.append([], to: &bundle)
        try EntryBundle.append([UInt8](repeating: 7, count: 0x0102), to: &bundle)
        #expect(bundle.prefix(8) == [0, 2, 0x61, 0x62, 0, 0, 1, 2])
        #expect(try EntryBundle.entries(in: bundle).map(\.count) == [2, 0, 258])
        #expect(throws: AuditError.self) { try EntryBundle.entries(in: Array(bundle.dropLast())) }
        #expect(throws: AuditError.self) { try EntryBundle.entries(in: bundle + [0]) }
        #expect(throws: AuditError.self) { try EntryBundle.entries(in: [UInt8](repeating: 0, count: 514)) }
        #expect(throws: AuditError.self) {
            try EntryBundle.append([UInt8](repeating: 0, count: 65_536), to: &bundle)
        }
    }
}
