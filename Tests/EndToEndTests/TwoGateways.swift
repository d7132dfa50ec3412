import Children
import AuditLog
import Exchange
import Foundation
import GRDB
import Gateway
import Interchange
import Store
import Testing

/// Guangdong and Henan as two processes, each the other's peer.
final class TwoGateways {
    let scratch: Scratch
    private var processes: [String: Child] = [:]
    private let ports: [String: Int]

    init() throws {
        scratch = try Scratch()
        ports = ["44": try FreePorts.find(4), "41": try FreePorts.find(4)]
        for province in ["44", "41"] {
            let made = try Executable.run([
                "init", "--province", province, "--dir", folder(province), "--ca", "\(scratch.path)/ca", "--port",
                "\(ports[province] ?? 0)",
            ])
            #expect(made.status == 0, "\(made.errors)")
        }
        for (own, peer) in [("44", "41"), ("41", "44")] {
            let entry = try String(contentsOfFile: "\(folder(peer))/peer-\(peer).yaml", encoding: .utf8)
            let text = try String(contentsOfFile: file(own), encoding: .utf8)
                .replacingOccurrences(of: "peers: []", with: entry)
            try text.write(toFile: file(own), atomically: true, encoding: .utf8)
        }
    }

    deinit { for province in processes.keys { stop(province) } }

    func folder(_ province: String) -> String { "\(scratch.path)/\(province)" }
    func file(_ province: String) -> String { "\(folder(province))/gateway.yaml" }
    func log(_ province: String) -> String {
        (try? String(contentsOfFile: "\(folder(province))/log", encoding: .utf8)) ?? ""
    }

    func start(_ province: String) async throws {
        processes[province] = try Executable.serve(folder(province))
        let client = try client(province, "gateway")
        let port = port(province) + 3
        try await until("the gateway of \(province) is ready") {
            let health = TransportRequest(method: "GET", url: "https://localhost:\(port)/health/ready")
            return (try? await client.send(health))?.status == 200
        }
    }

    func stop(_ province: String) { processes.removeValue(forKey: province)?.stop() }

    /// SIGKILL.
    func kill(_ province: String) { processes.removeValue(forKey: province)?.end() }

    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("waited 30 s in vain until \(what): \(log("44")) \(log("41"))")
    }

    /// A store whose gateway does not run, as a person with a shell finds it: without foreign keys.
    func cut(_ province: String, _ sql: String) throws {
        let path = try GatewayConfiguration(file: file(province)).storePath
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Delivered and waiting at a province.
    func counts(_ province: String) async throws -> [Int] {
        let reader = try SQLiteReader(path: try GatewayConfiguration(file: file(province)).storePath)
        let lane = try await reader.backlog().first
        return [lane?.delivered ?? 0, lane?.waiting ?? 0]
    }

    /// Delivered to a peer, and waiting for it.
    func delivered(_ province: String, to peer: String) async throws -> [Int] {
        let reader = try SQLiteReader(path: try GatewayConfiguration(file: file(province)).storePath)
        let lane = try await reader.backlog().first { $0.peer.description == peer }
        return [lane?.delivered ?? 0, lane?.waiting ?? 0]
    }

    /// The first of the gateway's four ports.
    func port(_ province: String) -> Int { ports[province] ?? 0 }

    func client(_ province: String, _ identity: String) throws -> CurlClient {
        func read(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder(province))/tls/\(path)")))
        }
        return try CurlClient(
            TransportCredentials(
                authorities: try read("ca.pem"), certificate: try read("\(identity).pem"),
                privateKey: try read("\(identity).key")))
    }

    /// Takes arrivals in at a province whose gateway does not run, as if at this time.
    /// - Parameters:
    ///   - home: where the people are from.
    ///   - days: how many days after the time they may be kept.
    func accept(
        _ count: Int, at time: Instant, register: String = "44", home: String = "41", keptDays days: Int = 1_000
    ) async throws {
        let configuration = try GatewayConfiguration(file: file(register))
        let store = try SQLiteStore(path: configuration.storePath, keys: try KeyMaterial(configuration).store)
        let actor = AuditActor(organisation: "urn:yizhan:source:\(register):register")
        let run = try await store.openRun(RunDescription(mapping: "test", actor: actor, startedAt: time))
        let (own, peer) = (try #require(Province(register)), try #require(Province(home)))
        let drafts = (0..<count).map { number in
            Draft(
                kind: .arrival, from: own, to: peer,
                record: RecordID(home: peer, register: own, high: UInt64(peer.number), low: UInt64(number)),
                purpose: .residenceRegistration, issuedAt: time, retainUntil: time.dayInShanghai.adding(days: days),
                flags: [], subject: nil, reference: nil, fixed: Array(Self.arrival(from: home).utf8))
        }
        _ = try await store.accept(IntakeChunk(run: run, actor: actor, drafts: drafts, refused: [], at: time))
        await store.close()
    }

    /// Of a person who does not exist, from Guangdong in Henan or the other way.
    private static func arrival(from home: String) -> String {
        let isFromGuangdong = home == "44"
        let (number, hukou, residence) =
            isFromGuangdong
            ? ("440111197406109814", "440111", "411303") : ("411303197406109810", "411303", "440111")
        return #""purpose":"residenceRegistration","legalBasis":"居住证暂行条例 第7条","person":{"idType":"residentId","#
            + #""idNumber":"\#(number)","name":"熊长凯","sex":"1","birthDate":"1974-06-10","#
            + #""hukouDivision":"\#(hukou)"},"content":{"residenceDivision":"\#(residence)","arrivalDate":"2026-04-01","#
            + #""registeredOn":"2026-04-02","reason":"01"}"#
    }
}
