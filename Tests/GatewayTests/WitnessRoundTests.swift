import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange
import Logging
import Store
import Synchronization
import Testing

/// Another gateway as a witness and as a log's owner, in memory; what it is asked goes through the real wire forms.
private final class PlayedGateway: HTTPTransport {
    struct State: Sendable {
        var held: [String: (checkpoint: Checkpoint, note: [UInt8])] = [:]
        var log: PlayedTree?
        var isDown = false
        var lies = false
    }

    let signer: NoteSigner
    let witnessed: [NoteVerifierKey]
    let state = Mutex(State())

    init(_ signer: NoteSigner, witnesses witnessed: [NoteVerifierKey] = []) {
        (self.signer, self.witnessed) = (signer, witnessed)
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        if state.withLock({ $0.isDown }) { throw TransportError(.notConnected, "nobody is there") }
        let path = request.url.replacing("https://played", with: "")
        if path == "/audit/witness/add-checkpoint" { return add(request.content) }
        if path.hasPrefix("/audit/witness/checkpoint?origin=") {
            let origin = String(path.dropFirst(33)).removingPercentEncoding ?? ""
            return answer(state.withLock { $0.held[origin]?.note })
        }
        return answer(state.withLock { $0.log?.resource(String(path.dropFirst(7)), signer) })
    }

    private func answer(_ content: [UInt8]?) -> TransportResponse {
        TransportResponse(status: content == nil ? 404 : 200, fields: [:], content: content ?? [])
    }

    private func add(_ body: [UInt8]) -> TransportResponse {
        guard let request = try? WitnessRequest(parsing: body),
            let shown = try? Checkpoint.open(request.note, keys: witnessed),
            let note = try? SignedNote(parsing: request.note)
        else { return TransportResponse(status: 404, fields: [:], content: []) }
        return state.withLock { state in
            if state.lies { return TransportResponse(status: 409, fields: [:], content: Array("999\n".utf8)) }
            let held = state.held[shown.origin]
            switch WitnessVerdict(on: request, shown, held: held?.checkpoint) {
            case .cosign:
                state.held[shown.origin] = (shown, request.note)
                let line = (try? signer.cosign(note.text, at: 1_782_806_400).line) ?? ""
                return TransportResponse(status: 200, fields: [:], content: Array(line.utf8))
            case .diverged(.unproven): return TransportResponse(status: 422, fields: [:], content: [])
            default:
                return TransportResponse(
                    status: 409, fields: [:], content: Array("\(held?.checkpoint.size ?? 0)\n".utf8))
            }
        }
    }
}

/// A tree of made-up entries.
private struct PlayedTree: Sendable {
    var tiles: [String: [UInt8]] = [:]
    var size: UInt64 = 0

    init(entries: Int, differingFrom fork: Int = .max) {
        var appender = TileAppender()
        for number in 0..<entries {
            appender.append(.leaf(Array("\(number < fork ? "same" : "other") \(number)".utf8)))
        }
        for tile in appender.takeChangedTiles() { tiles["\(tile.level)/\(tile.index)"] = tile.bytes }
        size = appender.size
    }

    func checkpoint(_ size: UInt64, _ signer: NoteSigner) throws -> (Checkpoint, [UInt8]) {
        let reader = TileHashReader(size: self.size) { tiles["\($0)/\($1)"] }
        let made = try Checkpoint(
            origin: signer.name, size: size, root: try MerkleProof.root(size: size, in: reader))
        return (made, Array(try made.signed(by: signer).description.utf8))
    }

    func resource(_ path: String, _ signer: NoteSigner) -> [UInt8]? {
        guard let tile = try? TilePath(parsing: path), case .hashes(let level) = tile.content,
            let held = tiles["\(level)/\(tile.index)"], held.count >= tile.width * 32
        else { return nil }
        return Array(held.prefix(tile.width * 32))
    }
}

@Suite struct WitnessRoundTests {
    private let folder: String
    private let store: SQLiteStore
    private let own: NoteSigner
    private let witness: PlayedGateway
    private let client: WitnessClient
    private let round: WitnessRound

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("round-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try Self.open(folder)
        own = try NoteSigner(name: "own/log", seed: [UInt8](repeating: 1, count: 32))
        let other = try NoteSigner(name: "other/log", seed: [UInt8](repeating: 2, count: 32))
        witness = PlayedGateway(other, witnesses: [own.verifierKey])
        client = WitnessClient(
            log: KnownLogs.Log(owner: try #require(Province("44")), key: other.verifierKey),
            address: try #require(PeerAddress("https://played")), transport: witness)
        round = WitnessRound(store: store, notary: Notary(signer: own, store: store), clock: { Self.noon })
    }

    private static let noon = Instant(seconds: 1_782_806_400)

    private static func open(_ folder: String) throws -> SQLiteStore {
        let keys = try StoreKeys(
            wrapping: [UInt8](repeating: 1, count: 32), lookup: [UInt8](repeating: 2, count: 32),
            log: [UInt8](repeating: 3, count: 32))
        return try SQLiteStore(path: "\(folder)/store.sqlite", keys: keys)
    }

    private func grow(_ count: Int) async throws {
        try await store.record(
            (0..<count).map { _ in
                Act(.gatewayStarted, actor: AuditActor(organisation: "gateway"), at: Self.noon)
            })
    }

    private func finish() async {
        await store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func cosignedSize(_ outcome: WitnessRound.Outcome) -> UInt64? {
        if case .cosigned(let size) = outcome { size } else { nil }
    }

    @Test func aGrowingLogIsCosignedAgainAndAgain() async throws {
        for size in [5, 8, 300, 300] as [UInt64] {
            try await grow(Int(size - store.auditSize()))
            #expect(try await cosignedSize(round.run(with: client)) == size)
        }
        #expect(try await store.cosignedCheckpoint(ofAtLeast: 300, cosignatures: 1)?.size == 300)
        await finish()
    }

    @Test func aWitnessThatHoldsAnotherSizeThanIsThoughtIsAskedAgain() async throws {
        try await grow(20)
        let (checkpoint, note) = (try await store.root(ofSize: 13), "held")
        let held = try Checkpoint(origin: "own/log", size: 13, root: checkpoint)
        witness.state.withLock { $0.held["own/log"] = (held, Array(note.utf8)) }
        #expect(try await cosignedSize(round.run(with: client)) == 20)
        await finish()
    }

    @Test func aPeerThatIsDownOrLiesStopsNobody() async throws {
        try await grow(3)
        witness.state.withLock { $0.isDown = true }
        guard case .notCosigned = try await round.run(with: client) else {
            Issue.record("a peer that is down")
            return
        }
        witness.state.withLock { $0 = PlayedGateway.State(lies: true) }
        guard case .notCosigned(let reason) = try await round.run(with: client) else {
            Issue.record("a peer that lies")
            return
        }
        #expect(reason == "it claims to hold more than it shows under this log's signature")
        try await check().run()
        await finish()
    }

    private func check() -> StartCheck {
        StartCheck(
            store: store, round: round, witnesses: [client], storePath: "\(folder)/store.sqlite",
            logger: Logger(label: "test"))
    }

    @Test(arguments: [40, 20])
    func aLogThatIsBehindOrAnotherThanWhatAPeerHoldsDoesNotStart(size: UInt64) async throws {
        try await grow(20)
        let (checkpoint, note) = try PlayedTree(entries: 40).checkpoint(size, own)
        witness.state.withLock { $0.held["own/log"] = (checkpoint, note) }
        do {
            try await check().run()
            Issue.record("it started")
        } catch let error as GatewayError {
            #expect(error.code == .logBehind)
            #expect(error.message.contains("holds a checkpoint of \(size) entries of this gateway's audit log"))
            #expect(FileManager.default.contents(atPath: "\(folder)/store.sqlite.held-by-44.txt") == Data(note))
        }
        await finish()
    }

    @Test(arguments: [(30, 30), (30, 37), (40, 32), (32, 40), (7, 8), (25, 40)] as [(UInt64, UInt64)])
    func aForkBetweenThirdLogsIsFoundAndProvenByTwoFiles(sizes: (UInt64, UInt64)) async throws {
        let third = try NoteSigner(name: "third/log", seed: [UInt8](repeating: 3, count: 32))
        let log = KnownLogs.Log(owner: try #require(Province("51")), key: third.verifierKey)
        let owner = PlayedGateway(third)
        let (tree, fork) = (PlayedTree(entries: 40), PlayedTree(entries: 40, differingFrom: 5))
        let (held, note) = try tree.checkpoint(sizes.0, third)
        let peer = try #require(Province("44"))
        _ = try await store.witness(
            WitnessRequest(oldSize: 0, proof: [], note: note), shown: held, from: peer, at: Self.noon)
        let reader = WitnessClient(
            log: log, address: try #require(PeerAddress("https://played")), transport: owner)
        let comparison = LogComparison(
            logs: KnownLogs([log]), clients: [reader], store: store, clock: { Self.noon }, logger: Logger(label: "test")
        )

        owner.state.withLock { $0.log = tree }
        #expect(try await comparison.compare(tree.checkpoint(sizes.1, third).1, of: log, from: peer) == .consistent)
        // The log's owner shows whichever history has the larger checkpoint.
        owner.state.withLock { $0.log = sizes.1 > sizes.0 ? fork : tree }
        await comparison.compare(["third/log": try fork.checkpoint(sizes.1, third).1], from: peer)
        let found = try #require(await store.divergences().first)
        let files = try [found.held, found.shown].map { try ShownCheckpoint($0, keys: [third.verifierKey]) }
        #expect(CheckpointComparison(files[0], files[1]) == .forked(size: min(sizes.0, sizes.1)))

        owner.state.withLock { $0.isDown = true }
        let unreadable = try await comparison.compare(tree.checkpoint(9, third).1, of: log, from: peer)
        #expect(unreadable == .undecided)
        await finish()
    }
}
