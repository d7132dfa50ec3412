import AuditLog
import Foundation
import Interchange
import Store
import Synchronization
import Testing

/// 2026-06-30T08:00:00Z; the clock of these tests, moved by hand.
let noon = Instant(seconds: 1_782_806_400)

/// An engine that the conformance suite runs on. A second engine is one more element of ``all``, or of ``delivering`` when it
/// has the verbs of delivery only.
struct Engine: Sendable, CustomTestStringConvertible {
    let name: String
    /// Opens a store on a folder of its own: the same folder again opens the same store.
    let open: @Sendable (_ folder: String) throws -> any DeliveryStore

    var testDescription: String { name }

    static let all = [
        Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) }
    ]

    static let delivering = all + [Engine(name: "memory") { MemoryStore(disk: MemoryDisks.at($0)) }]
}

/// What stores in memory left, by folder.
enum MemoryDisks {
    private static let disks = Mutex<[String: MemoryDisk]>([:])

    static func at(_ folder: String) -> MemoryDisk {
        disks.withLock { disks in
            let disk = disks[folder] ?? MemoryDisk()
            disks[folder] = disk
            return disk
        }
    }
}

func testKeys() throws -> StoreKeys {
    try StoreKeys(
        wrapping: [UInt8](repeating: 1, count: 32), lookup: [UInt8](repeating: 2, count: 32),
        log: [UInt8](repeating: 3, count: 32))
}

/// A folder that goes with the test, and stores opened in it.
final class Folder: Sendable {
    let path: String
    var database: String { "\(path)/store.sqlite" }

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The provinces of these tests: Sichuan people who live in Henan.
struct Provinces: Sendable {
    /// The gateway under test: Henan.
    let own: Province
    /// Sichuan.
    let peer: Province
    /// Guangdong.
    let other: Province

    init() throws {
        own = try #require(Province(number: 41))
        peer = try #require(Province(number: 51))
        other = try #require(Province(number: 44))
    }
}

let operatorActor = AuditActor(organisation: "urn:yizhan:bureau:41:registry", person: "clerk-1")

/// The code of the ``StoreError`` that the body throws; nil when it throws none.
func code(of body: () async throws -> Void) async -> StoreError.Code? {
    do { try await body() } catch { return (error as? StoreError)?.code }
    return nil
}

func message(_ number: UInt64) -> MessageID {
    MessageID(high: 0x0198_0000_0000_7000, low: 0x8000_0000_0000_0000 | number)
}

/// Content as it is, and how often it was asked for.
final class PlainEncoder: Sendable {
    private let calls = Mutex(0)
    var count: Int { calls.withLock { $0 } }

    func encode(_ lines: [UInt8]) throws -> EncodedContent {
        calls.withLock { $0 += 1 }
        return EncodedContent(bytes: lines, encoding: nil, digest: Digest256(hashing: lines))
    }
}

/// A store with drafts and batches to hand: what every conformance test begins with.
struct Bench: Sendable {
    let engine: Engine
    let folder: Folder
    let delivery: any DeliveryStore
    let provinces: Provinces

    /// All of it, of the engines in ``Engine/all``.
    var store: any Store {
        guard let store = delivery as? any Store else {
            preconditionFailure("the engine has the verbs of delivery only")
        }
        return store
    }

    init(_ engine: Engine) throws {
        self.engine = engine
        folder = try Folder()
        provinces = try Provinces()
        delivery = try engine.open(folder.path)
    }

    private init(_ bench: Bench, delivery: any DeliveryStore) {
        (engine, folder, provinces) = (bench.engine, bench.folder, bench.provinces)
        self.delivery = delivery
    }

    /// The same store after a stop.
    func reopened() async throws -> Bench {
        await delivery.close()
        return Bench(self, delivery: try engine.open(folder.path))
    }
}

extension Bench {
    func record(_ number: UInt64, home: Province? = nil, register: Province? = nil) -> RecordID {
        RecordID(home: home ?? provinces.peer, register: register ?? provinces.own, high: 0, low: number)
    }

    /// An arrival in Henan that Sichuan is told of.
    func draft(_ number: UInt64, to peer: Province? = nil, saying content: String = "first") -> Draft {
        Draft(
            kind: .arrival, from: provinces.own, to: peer ?? provinces.peer, record: record(number),
            purpose: .residenceRegistration, issuedAt: noon, retainUntil: CivilDate(daysSince1970: 21_000), flags: [],
            subject: subject(number), reference: nil, division: DivisionCode(number: 410_105),
            effective: CivilDate(daysSince1970: 20_600),
            fixed: Array(#""purpose":"residenceRegistration","content":{"note":"\#(content)"}"#.utf8))
    }

    /// The departure that ends the arrival of the same number.
    func departure(_ number: UInt64, ending arrival: UInt64) -> Draft {
        var draft = draft(number)
        draft.kind = .departure
        draft.subject = subject(arrival)
        draft.reference = record(arrival)
        draft.division = nil
        return draft
    }

    func subject(_ number: UInt64) -> [UInt8] { Array("5101051990010\(10_000 + number)".utf8) }

    @discardableResult
    func accept(_ drafts: [Draft], refused: [RefusedRow] = [], at now: Instant = noon) async throws -> Acceptance {
        let run = try await delivery.openRun(
            RunDescription(mapping: "henan-arrivals", actor: operatorActor, startedAt: now))
        return try await delivery.accept(
            IntakeChunk(run: run, actor: operatorActor, drafts: drafts, refused: refused, at: now))
    }

    func lease(
        _ peer: Province? = nil, limits: BatchLimits = BatchLimits(), at now: Instant = noon,
        encoder: PlainEncoder = PlainEncoder()
    ) async throws -> LeasedBatch? {
        try await delivery.leaseBatch(
            for: peer ?? provinces.peer, limits: limits, at: now, until: now.adding(seconds: 60),
            encode: encoder.encode)
    }

    /// Settles a batch with one verdict an envelope.
    func settle(
        _ batch: LeasedBatch, _ verdicts: [Settlement.Verdict], receipt: String = "receipt", at now: Instant = noon
    ) async throws {
        try await delivery.settle(
            Settlement(
                batch: batch.id, peer: batch.peer, verdicts: verdicts, receipt: Array(receipt.utf8),
                signature: "sig=:AA==:", at: now))
    }

    func postpone(
        _ batch: LeasedBatch, until notBefore: Instant?, because reason: String = "peerDown", at now: Instant = noon
    ) async throws {
        try await delivery.postpone(
            batch.id,
            failure: FailedAttempt(
                peer: batch.peer, notBefore: notBefore, blockedOn: reason, detail: "connection refused", at: now))
    }

    /// The backlog of one peer: waiting, of those in batches, delivered, parked, dead.
    func counts(_ peer: Province? = nil) async throws -> [Int] {
        let peer = peer ?? provinces.peer
        let lane = try await delivery.backlog().first { $0.peer == peer } ?? LaneBacklog(peer: peer)
        return [lane.waiting, lane.inBatches, lane.delivered, lane.parked, lane.dead]
    }
}

extension LeasedBatch {
    /// The content's lines as text; the content is not encoded in these tests.
    var lines: [String] { content.bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) } }
}
