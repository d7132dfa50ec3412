import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange
import Store
import Synchronization
import Testing

/// 2026-06-30T08:00:00Z, 16 o'clock in Shanghai.
let noon = Instant(seconds: 1_782_806_400)
let day: Int64 = 86_400
let clerk = AuditActor(organisation: "urn:yizhan:operator:41:op1")

/// A gateway's folder with its keys and an operator's desk in it, and a clock that is moved by hand. It goes with the test.
final class Office: Sendable {
    let path: String
    let configuration: GatewayConfiguration
    private let time = Mutex(noon)

    init(peers: String = "peers: []") throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("keeping-\(UUID().uuidString)").path
        for folder in ["keys", "state", "mappings"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
        func write(_ content: Data, _ name: String) throws {
            let file = "\(path)/\(name)"
            try #require(
                FileManager.default.createFile(atPath: file, contents: content, attributes: [.posixPermissions: 0o600]))
        }
        try write(Data(SigningKey.generate().pem.utf8), "keys/signing.pem")
        for (number, name) in ["audit", "record", "lookup", "log", "wrapping"].enumerated() {
            try write(Data(repeating: UInt8(number + 1), count: 32), "keys/\(name).key")
        }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: TimeInterval(noon.seconds))],
            ofItemAtPath: "\(path)/keys/wrapping.key")
        try write(Data("province: \"41\"\n\(peers)\n".utf8), "gateway.yaml")
        self.path = path
        configuration = try GatewayConfiguration(file: "\(path)/gateway.yaml", environment: [:])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var now: Instant {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    var keyFile: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/keys/wrapping.key"))) }
    }

    /// The configuration with another audit log, whose key has the seed 6.
    func naming(log number: Int) throws -> (GatewayConfiguration, KeyMaterial) {
        let file = "\(path)/gateway.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try #require(
            FileManager.default.createFile(
                atPath: "\(path)/keys/audit-\(number).key", contents: Data(repeating: 6, count: 32),
                attributes: [.posixPermissions: 0o600]))
        try (text + "audit: { origin: \(configuration.origin)/\(number) }\nkeys: { audit: keys/audit-\(number).key }\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let named = try GatewayConfiguration(file: file, environment: [:])
        return (named, try KeyMaterial(named))
    }

    /// As a command opens it while no daemon runs.
    func desk() throws -> OperatorDesk { try OperatorDesk(configuration, clock: { [self] in now }) }

    /// The newest backup's folder.
    func backUp(_ desk: OperatorDesk) async throws -> String {
        try await MakeBackup(folder: "\(path)/shelf", keep: nil).perform(at: desk, by: clerk).path
    }

    func restore(
        from folder: String, kept: [KeptCheckpoint] = [], acceptedBy persons: [String] = [],
        _ word: PeerWord = .holdsNone
    ) async throws -> StoreRestore.Report {
        let restore = try StoreRestore(
            configuration, clock: { [self] in now }, kept: kept, acceptedBy: persons, ask: { _ in word })
        return try await restore.run(from: folder, by: clerk)
    }

    /// A checkpoint of the log as it stands, as a peer would hold it.
    func checkpoint(_ desk: OperatorDesk) async throws -> [UInt8] {
        let signer = try NoteSigner(name: configuration.origin, seed: [UInt8](repeating: 1, count: 32))
        let origin = configuration.origin
        let signed = try await desk.store.checkpoint(
            signedBy: { try Checkpoint(origin: origin, size: $0, root: $1).signed(by: signer).description }, at: now)
        return Array(signed.note.utf8)
    }
}

extension OperatorDesk {
    static func record(_ number: UInt64) throws -> RecordID {
        let (own, peer) = (try #require(Province(number: 41)), try #require(Province(number: 51)))
        return RecordID(home: peer, register: own, high: 0, low: number)
    }

    /// Takes arrivals in, each kept until a day.
    func accept(_ numbers: ClosedRange<UInt64>, until day: CivilDate) async throws {
        let (own, peer) = (try #require(Province(number: 41)), try #require(Province(number: 51)))
        let drafts = try numbers.map { number in
            Draft(
                kind: .arrival, from: own, to: peer, record: try Self.record(number), purpose: .residenceRegistration,
                issuedAt: noon, retainUntil: day, flags: [], subject: Array("5101051990010\(10_000 + number)".utf8),
                reference: nil, fixed: Array(#""content":{}"#.utf8))
        }
        let run = try await store.openRun(RunDescription(mapping: "m", actor: clerk, startedAt: noon))
        _ = try await store.accept(IntakeChunk(run: run, actor: clerk, drafts: drafts, refused: [], at: noon))
    }

    func events() async throws -> [AuditEntry] {
        try await store.auditEntries(from: 0, limit: 1_000).map { try AuditEntry(decoding: $0.bytes) }
    }
}

/// The ``GatewayError`` that the body throws; nil when it throws none.
func failure(of body: () async throws -> Void) async -> GatewayError? {
    do { try await body() } catch { return error as? GatewayError }
    return nil
}
