import AuditLog
import Interchange
import Store
import Testing

/// A log of another province, which the store under test witnesses.
struct OtherLog {
    static let origin = "sichuan.example/log"
    let signer: NoteSigner
    private var tiles: [String: [UInt8]] = [:]
    private var size: UInt64 = 0

    init(saying text: String = "entry", entries: Int = 40, differingFrom fork: Int = 0) throws {
        signer = try NoteSigner(name: Self.origin, seed: [UInt8](repeating: 9, count: 32))
        var appender = TileAppender()
        for number in 0..<entries {
            appender.append(.leaf(Array("\(number < fork ? "entry" : text) \(number)".utf8)))
        }
        for tile in appender.takeChangedTiles() { tiles["\(tile.level)/\(tile.index)"] = tile.bytes }
        size = appender.size
    }

    private var reader: TileHashReader { TileHashReader(size: size) { tiles["\($0)/\($1)"] } }

    func checkpoint(_ size: UInt64) throws -> Checkpoint {
        try Checkpoint(origin: Self.origin, size: size, root: try MerkleProof.root(size: size, in: reader))
    }

    func request(_ old: UInt64, _ size: UInt64) throws -> WitnessRequest {
        WitnessRequest(
            oldSize: old,
            proof: old == 0 || old >= size ? [] : try MerkleProof.consistency(from: old, to: size, in: reader),
            note: Array(try checkpoint(size).signed(by: signer).description.utf8))
    }
}

@Suite struct WitnessConformance {
    private func witness(
        _ bench: Bench, _ log: OtherLog, _ old: UInt64, _ size: UInt64, at now: Instant = noon
    ) async throws -> WitnessDecision {
        try await bench.store.witness(
            try log.request(old, size), shown: try log.checkpoint(size), from: bench.provinces.peer, at: now)
    }

    @Test(arguments: Engine.all)
    func theNewestCosignedCheckpointIsHeldOverAStop(engine: Engine) async throws {
        var bench = try Bench(engine)
        let log = try OtherLog()
        #expect(try await bench.store.heldCheckpoints().isEmpty)
        #expect(try await witness(bench, log, 0, 10).verdict == .cosign)
        #expect(try await witness(bench, log, 10, 25, at: noon.adding(seconds: 60)).verdict == .cosign)
        bench = try await bench.reopened()
        let held = try await bench.store.heldCheckpoints()
        #expect(held.map(\.size) == [25])
        #expect(held.map(\.origin) == [OtherLog.origin])
        #expect(held.map(\.note) == [try log.request(0, 25).note])
        #expect(held.map(\.at) == [noon.adding(seconds: 60)])
    }

    @Test(arguments: Engine.all)
    func aRequestFromAnotherSizeChangesNothingAndLearnsTheHeldOne(engine: Engine) async throws {
        let bench = try Bench(engine)
        let log = try OtherLog()
        _ = try await witness(bench, log, 0, 20)
        let late = try await witness(bench, log, 10, 30)
        #expect(late.verdict == .outdated(held: 20))
        #expect(late.heldSize == 20)
        #expect(try await bench.store.heldCheckpoints().map(\.size) == [20])
        #expect(try await bench.store.auditSize() == 0)
    }

    @Test(arguments: Engine.all)
    func aForkIsKeptWithAnEntryOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (log, fork) = (try OtherLog(), try OtherLog(saying: "other", differingFrom: 20))
        _ = try await witness(bench, log, 0, 25)
        let first = try await witness(bench, fork, 25, 40)
        #expect(first.verdict == .diverged(.forked))
        #expect(first.isNew && first.isProofAtFault)
        #expect(try await !witness(bench, fork, 25, 40).isNew)
        let found = try await bench.store.divergences()
        #expect(found.map(\.kind) == [.forked])
        let files = try found.flatMap { [$0.held, $0.shown] }.map {
            try ShownCheckpoint($0, keys: [log.signer.verifierKey])
        }
        #expect(CheckpointComparison(files[0], files[1]) == .forked(size: 25))
        let entry = try #require(await bench.entries().last)
        #expect(try await bench.entries().count == 1)
        #expect(entry.event == .logDiverged)
        #expect(entry.details[.origin] == OtherLog.origin)
        #expect(entry.details[.reason] == "forked")
        #expect(entry.evidence == found.first?.digest)
        #expect(try await bench.store.heldCheckpoints().map(\.size) == [25])
    }

    @Test(arguments: Engine.all)
    func aCutTailIsFoundByItsSmallerCheckpoint(engine: Engine) async throws {
        let bench = try Bench(engine)
        let log = try OtherLog()
        _ = try await witness(bench, log, 0, 30)
        let decision = try await witness(bench, log, 0, 20)
        #expect(decision.verdict == .diverged(.rewound))
        #expect(decision.heldSize == 30)
        #expect(!decision.isProofAtFault)
        #expect(try await bench.entries().map(\.event) == [.logDiverged])
    }

    @Test(arguments: Engine.all)
    func aLogCannotFillThisOneWithItsDivergences(engine: Engine) async throws {
        let bench = try Bench(engine)
        let log = try OtherLog(entries: 140)
        _ = try await witness(bench, log, 0, 130)
        for size in 0..<110 as Range<UInt64> { _ = try await witness(bench, log, 0, size) }
        #expect(try await bench.store.divergences().count == 100)
        #expect(try await bench.store.auditSize() == 100)
    }

    @Test(arguments: Engine.all)
    func ofRequestsAtOnceOneTakesThePlaceAndNoneRollsItBack(engine: Engine) async throws {
        let bench = try Bench(engine)
        let log = try OtherLog()
        _ = try await witness(bench, log, 0, 5)
        let verdicts = try await withThrowingTaskGroup(of: WitnessVerdict.self) { group in
            for size in [10, 20, 30, 40] as [UInt64] {
                group.addTask { try await witness(bench, log, 5, size).verdict }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts.count { $0 == .cosign } == 1)
        let held = try #require(await bench.store.heldCheckpoints().first)
        #expect(held.size >= 10)
    }

    @Test(arguments: Engine.all)
    func cosignaturesStandUnderTheCheckpointTheyAreOf(engine: Engine) async throws {
        let bench = try Bench(engine)
        func grow() async throws -> SignedCheckpoint {
            try await bench.store.record([Act(.gatewayStarted, actor: operatorActor, at: noon)])
            return try await bench.checkpoint()
        }
        let sizes = [try await grow(), try await grow(), try await grow()]
        let keys = try [1, 2].map {
            try NoteSigner(name: "w\($0)", seed: [UInt8](repeating: UInt8($0), count: 32))
        }
        for (checkpoint, witnesses) in [(sizes[0], keys), (sizes[1], Array(keys.prefix(1)))] {
            let text = try SignedNote(parsing: Array(checkpoint.note.utf8)).text
            try await bench.store.keep(
                witnesses.map {
                    KeptCosignature(witness: $0.name, line: try $0.cosign(text, at: 7).line, at: noon)
                }, ofSize: checkpoint.size)
        }
        #expect(try await bench.store.cosignedCheckpoint(ofAtLeast: 0, cosignatures: 2)?.size == 1)
        #expect(try await bench.store.cosignedCheckpoint(ofAtLeast: 2, cosignatures: 2) == nil)
        #expect(try await bench.store.cosignedCheckpoint(ofAtLeast: 1, cosignatures: 1)?.size == 2)
        #expect(try await bench.store.cosignedCheckpoint(ofAtLeast: 1, cosignatures: 0)?.size == 3)
        #expect(try await bench.store.newestCosigned(by: "w1")?.size == 2)
        #expect(try await bench.store.newestCosigned(by: "w3") == nil)
        let whole = try #require(await bench.store.cosignedCheckpoint(ofAtLeast: 0, cosignatures: 2))
        let note = try SignedNote(parsing: Array(whole.note.utf8))
        #expect(try note.cosignatures(by: keys.map { try $0.cosignerKey }).map(\.time) == [7, 7])
        _ = try Checkpoint.open(Array(whole.note.utf8), keys: Notary().keys, origin: Notary.origin)
    }

    @Test(arguments: Engine.all)
    func proofsAreMadeFromTheTilesAndHold(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.store.record((0..<600).map { _ in Act(.gatewayStarted, actor: operatorActor, at: noon) })
        let root = try await bench.checkpoint().root
        for index in [0, 255, 256, 599] as [UInt64] {
            let (leaf, path) = try await bench.store.inclusion(of: index, size: 600)
            let entry = try #require(await bench.store.auditEntries(from: index, limit: 1).first)
            #expect(leaf == .leaf(entry.bytes))
            try MerkleProof.verifyInclusion(of: leaf, at: index, size: 600, root: root, path: path)
        }
        for old in [1, 256, 300, 600] as [UInt64] {
            try MerkleProof.verifyConsistency(
                from: old, await bench.store.root(ofSize: old), to: 600, root,
                path: await bench.store.consistency(from: old, to: 600))
        }
        #expect(await code { _ = try await bench.store.inclusion(of: 600, size: 600) } == .invalid)
        #expect(await code { _ = try await bench.store.inclusion(of: 1, size: 601) } == .invalid)
    }
}
