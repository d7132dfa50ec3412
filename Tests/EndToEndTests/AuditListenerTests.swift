import AuditLog
import Exchange
import Foundation
import Interchange
import Testing

/// `/audit/` and all that is told of the log, with the test in the parts of a peer, an auditor, a portal and an operator.
@Suite(.serialized) struct AuditListenerTests {
    private let scratch: Scratch
    private let gateway: RunningGateway

    init() async throws {
        scratch = try Scratch()
        gateway = try await RunningGateway(scratch)
    }

    private var configuration: String { "\(gateway.folder)/gateway.yaml" }

    private func client(_ name: String) throws -> CurlClient {
        try gateway.client(name == "peer" ? "\(scratch.path)/44/tls/gateway" : "\(gateway.folder)/tls/\(name)")
    }

    // Not inlined: with several of them in one function the optimiser of Swift 6.3.1 crashes on the error of `send`.
    @inline(never)
    private func get(_ path: String, as name: String, listener: Int = 0, fields: HeaderFields = [:]) async throws
        -> TransportResponse
    {
        try await client(name).send(
            TransportRequest(
                method: "GET", url: "https://localhost:\(gateway.port + listener)\(path)", fields: fields))
    }

    private func run(_ arguments: [String], input: String = "") throws -> Executable.Result {
        try Executable.run(arguments + ["--config", configuration], input: input)
    }

    private var logKey: NoteVerifierKey {
        get throws {
            let seed = try Data(contentsOf: URL(fileURLWithPath: "\(gateway.folder)/keys/audit.key"))
            return try NoteSigner(name: "yizhan.example/41", seed: seed).verifierKey
        }
    }

    // MARK: Tiles

    @Test func theTreeIsServedToPeers() async throws {
        let answer = try await get("/audit/checkpoint", as: "peer")
        let tile = try await self.tile(of: answer, in: "0")
        #expect(answer.status == 200)
        #expect(answer.fields.single("content-type") == "text/plain; charset=utf-8")
        #expect(answer.fields.single("cache-control") == "no-cache")
        #expect(tile.status == 200)
        #expect(tile.fields.single("content-type") == "application/octet-stream")
        #expect(tile.fields.single("cache-control")?.contains("immutable") == true)
        #expect(try isTile(tile.content, of: answer))
    }

    @Test func verifyingTheLogAndReplayingAPolicyAreEntries() throws {
        #expect(try run(["audit", "verify", "--identity", "\(gateway.folder)/tls/auditor-au1"]).status == 0)
        #expect(try run(["policy", "replay", "\(gateway.folder)/policies/default.yaml"]).status == 0)
        let verified = try run(["audit", "list", "--event", "audit.verified"]).output
        #expect(verified.contains("urn:yizhan:auditor:41:au1  sound"))
        #expect(verified.contains("entries=0"))
        let viewed = try run(["audit", "list", "--event", "audit.viewed"]).output
        #expect(viewed.contains("urn:yizhan:operator:41:op1  entries=0 filter="))
        gateway.stop()
        let atRest = try run(["audit", "verify"])
        #expect(atRest.status == 0)
        #expect(atRest.errors.contains("not entered in the log, since the gateway does not run"))
    }

    @Test func entriesAreForAuditors() async throws {
        let answer = try await get("/audit/checkpoint", as: "peer")
        let statuses = [
            try await tile(of: answer, in: "entries", as: "peer").status,
            try await tile(of: answer, in: "entries", as: "operator-op1").status,
        ]
        #expect(statuses == [403, 403])
        let bundle = try await tile(of: answer, in: "entries", as: "auditor-au1")
        let leaves = try await tile(of: answer, in: "0")
        #expect(bundle.status == 200)
        #expect(try leafHashes(of: bundle.content) == leaves.content)
        #expect(try run(["audit", "list", "--event", "audit.viewed"]).output.contains("urn:yizhan:auditor:41:au1"))
    }

    @Test(arguments: [
        ("tile/0/000", "auditor-au1", 404), ("tile/0/0", "auditor-au1", 404), ("tile/9/000.p/1", "auditor-au1", 404),
        ("tile/0/000.p/256", "auditor-au1", 404), ("tile/entries/001", "auditor-au1", 404),
        ("tile/x/000", "auditor-au1", 404), ("tiles", "auditor-au1", 404), ("checkpoint", "bureau-police-1", 403),
        ("checkpoint", "source-register", 403), ("checkpoint", "portal", 403),
    ])
    func whatIsNotThereOrNotForTheCallerIsRefused(path: String, name: String, status: Int) async throws {
        let answer = try await get("/audit/\(path)", as: name)
        #expect(answer.status == status)
    }

    @inline(never)
    private func tile(of answer: TransportResponse, in level: String, as name: String = "peer") async throws
        -> TransportResponse
    {
        try await get("/audit/tile/\(level)/000.p/\(try checkpoint(in: answer).size)", as: name)
    }

    private func checkpoint(in answer: TransportResponse) throws -> Checkpoint {
        try Checkpoint.open(answer.content, keys: [logKey], origin: "yizhan.example/41")
    }

    private func isTile(_ hashes: [UInt8], of answer: TransportResponse) throws -> Bool {
        let checkpoint = try self.checkpoint(in: answer)
        let reader = TileHashReader(size: checkpoint.size) { _, _ in hashes }
        return try checkpoint.size >= 1 && MerkleProof.root(size: checkpoint.size, in: reader) == checkpoint.root
    }

    private func leafHashes(of bundle: [UInt8]) throws -> [UInt8] {
        try EntryBundle.entries(in: bundle).flatMap { Digest256.leaf(Array($0)).bytes }
    }

    // MARK: Witnessing

    @inline(never)
    private func witness(_ body: [UInt8]) async throws -> TransportResponse {
        try await client("peer").send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(gateway.port)/audit/witness/add-checkpoint", content: body))
    }

    @Test func aPeersLogIsWitnessedAsTheSpecificationHasIt() async throws {
        let log = PlayedLog(signer: gateway.peerLog)
        let first = try await witness(try log.request(0, 25).bytes)
        #expect(first.status == 200)
        let note = try SignedNote(parsing: try log.request(0, 25).note + first.content)
        let cosigned = try note.cosignatures(by: [CosignerKey(of: logKey)])
        #expect(cosigned.count == 1)

        let conflict = try await witness(try log.request(0, 30).bytes)
        #expect(conflict.status == 409)
        #expect(conflict.fields.single("content-type") == "text/x.tlog.size")
        #expect(String(decoding: conflict.content, as: UTF8.self) == "25\n")
        #expect(try await witness(try log.request(25, 30).bytes).status == 200)
        let held = try await get("/audit/witness/checkpoint?origin=yizhan.example%2F44", as: "peer")
        #expect(held.content == (try log.request(0, 30).note))

        let stranger = try NoteSigner(name: "yizhan.example/44", seed: [UInt8](repeating: 1, count: 32))
        let unknown = try NoteSigner(name: "yizhan.example/45", seed: [UInt8](repeating: 1, count: 32))
        #expect(try await witness(try PlayedLog(signer: stranger).request(30, 40).bytes).status == 403)
        #expect(try await witness(try PlayedLog(signer: unknown).request(0, 40).bytes).status == 404)
        #expect(try await witness(try log.request(40, 30).bytes).status == 400)
        #expect(try await witness(Array("old 1\n".utf8)).status == 400)

        let fork = PlayedLog(signer: gateway.peerLog, differingFrom: 20)
        let forked = try fork.request(30, 40)
        #expect(try await witness(forked.bytes).status == 422)
        #expect(try await witness(try log.request(10, 20).bytes).status == 409)
        #expect(gateway.log.contains("logDiverged"))
        let alerts = try run(["queue", "alerts"]).output
        #expect(alerts.contains("44  logDiverged  since ") && alerts.contains("yizhan.example/44 "), "\(alerts)")
        let list = try run(["audit", "list", "--event", "log.diverged"])
        #expect(list.output.contains("reason=forked") && list.output.contains("reason=rewound"))

        let files = (
            try scratch.write(String(decoding: held.content, as: UTF8.self), to: "held.txt"),
            try scratch.write(String(decoding: forked.bytes, as: UTF8.self), to: "shown.txt")
        )
        let shown = try Executable.run([
            "audit", "verify", "--fork", files.0, files.1, "--key", "\(gateway.peerLog.verifierKey)",
        ])
        #expect(shown.status == 1)
        #expect(shown.output.hasPrefix("forked: yizhan.example/44 signed two histories"))
        let same = try run(["audit", "verify", "--fork", files.0, files.0])
        #expect(same.status == 0)
        let older = try scratch.write(String(decoding: try log.request(0, 20).note, as: UTF8.self), to: "older.txt")
        let undecided = try run(["audit", "verify", "--fork", older, files.0])
        #expect(undecided.status == 0)
        #expect(undecided.output.hasPrefix("undecided: 20 and 30 entries"))
        #expect(undecided.output.contains("the one of 30 entries with `old 20`"))
    }

    @Test func aPeerCannotHaveAThirdLogAccused() async throws {
        let scratch = try Scratch()
        let gateway = try await RunningGateway(
            scratch,
            extra: """
                  - province: "51"
                    url: https://localhost:2
                    ca: tls/ca.pem
                    keys:
                      - publicKey: '\(SigningKey.generate().verificationKey.jwk)'
                """)
        let made = try Executable.run([
            "init", "--province", "51", "--dir", "\(scratch.path)/51", "--ca", "\(scratch.path)/ca",
        ])
        #expect(made.status == 0, "\(made.errors)")
        let log = PlayedLog(signer: gateway.peerLog)
        let owner = try gateway.client("\(scratch.path)/44/tls/gateway")
        let third = try gateway.client("\(scratch.path)/51/tls/gateway")
        #expect(try await bring(try log.request(0, 30), to: gateway, owner).status == 200)
        // Genuine, and older: from its owner it would show a rewind.
        let answer = try await bring(try log.request(0, 20), to: gateway, third)
        #expect(answer.status == 403)
        #expect(ProblemDetails(decoding: answer.content, status: 403)?.code == "ORIGIN_NOT_YOURS")
        #expect(try await bring(try log.request(30, 40), to: gateway, third).status == 403)
        #expect(!gateway.log.contains("logDiverged"))
        #expect(try await bring(try log.request(30, 40), to: gateway, owner).status == 200)
    }

    @inline(never)
    private func bring(
        _ request: WitnessRequest, to gateway: RunningGateway, _ client: CurlClient
    ) async throws -> TransportResponse {
        try await client.send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(gateway.port)/audit/witness/add-checkpoint",
                content: request.bytes))
    }

    // MARK: Evidence

    @Test func aBatchsEvidenceIsCheckedOnAnotherMachine() async throws {
        let batch = try Batches.make([try Batches.arrival(version: 1)])
        let sender = BatchSender(
            province: try #require(Province("44")),
            signer: MessageSigner(key: gateway.peerKey, clock: { Instant.now() }))
        let address = try #require(PeerAddress("https://localhost:\(gateway.port)"))
        let request = try sender.request(for: batch, to: address)
        let pushed = try await client("peer").send(request.transportRequest())
        #expect(pushed.status == 200)
        let path = "\(scratch.path)/evidence.json"
        let made = try run(["audit", "evidence", batch.id.description, "--out", path])
        #expect(made.status == 0, "\(made.errors)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains("411303197406109810") && !text.contains("熊长凯"))
        let checked = try Executable.run(["audit", "verify", path, "--json"])
        #expect(checked.status == 0, "\(checked.output)")
        #expect(checked.output.contains(#""sound":true"#))
        for (old, new) in [
            (batch.id.description, batch.id.description.replacing("-7", with: "-8")), ("accepted", "rejected"),
            (batch.digest.description, ContentDigest(of: [1]).description),
            (#""origin" : "yizhan.example/41""#, #""origin" : "x""#),
        ] {
            let forged = try scratch.write(text.replacing(old, with: new), to: "forged.json")
            #expect(try Executable.run(["audit", "verify", forged]).status == 1, "\(old)")
        }
        #expect(try run(["audit", "evidence", "0198\(batch.id.description.dropFirst(4))"]).status != 0)

        let proof = try run(["audit", "proof", "0"])
        #expect(proof.status == 0, "\(proof.errors)")
        let statement = try JSONDecoder().decode(InclusionStatement.self, from: Data(proof.output.utf8))
        #expect(try statement.verify(keys: [logKey]).size == statement.size)
        #expect(try run(["audit", "proof", "--consistency", "1", "2"]).status == 0)
        #expect(try run(["audit", "proof", "--consistency", "2", "1"]).status == 2)
        #expect(try run(["audit", "proof", "100000"]).status == 2)
    }

    // MARK: Who asked

    @Test func aPersonLearnsWhoAskedAndNobodyElseDoes() async throws {
        let number = "411303197406109810"
        let asked = try run(
            [
                "status", "--officer", "o-1", "--province", "44", "--legal-basis", "居民身份证法 第15条", "--bureau",
                "police-1",
                "--purpose", "residenceRegistration",
            ], input: number + "\n")
        #expect(asked.status == 0, "\(asked.errors)")
        let answer = try await get(
            "/v1/access-log", as: "portal", listener: 2, fields: ["yizhan-subject": "residentId \(number)"])
        let text = String(decoding: answer.content, as: UTF8.self)
        #expect(answer.status == 200)
        #expect(text.contains(#""organisation":"urn:yizhan:bureau:41:police-1""#))
        #expect(text.contains(#""purpose":"residenceRegistration""#))
        #expect(!text.contains("o-1") && !text.contains("deferred"))
        for (name, fields) in [
            ("portal", [:] as HeaderFields), ("portal", ["yizhan-subject": "residentId 12"]),
            ("portal", ["yizhan-subject": "none \(number)"]),
        ] {
            #expect(try await get("/v1/access-log", as: name, listener: 2, fields: fields).status == 400)
        }
        #expect(
            try await get(
                "/v1/access-log", as: "source-register", listener: 2, fields: ["yizhan-subject": "residentId \(number)"]
            ).status == 403)

        let told = try run(["audit", "subject"], input: number + "\n")
        #expect(told.output.contains("urn:yizhan:bureau:41:police-1  currentRegistration  residenceRegistration"))
        #expect(!told.output.contains("deferred"))
        let auditor = try run(
            ["audit", "subject", "--identity", "\(gateway.folder)/tls/auditor-au1"], input: number + "\n")
        #expect(auditor.output.contains("deferred: 0 about this person, 0 in all"))
        let found = try run(["audit", "list", "--subject"], input: number + "\n")
        #expect(found.output.contains("question.answered") && found.output.contains("access.answered"))
        #expect(!found.output.contains("gateway.started"))
        #expect(found.output.contains("verified up to the checkpoint of"))

        let csv = try run(["audit", "export", "--event", "question.answered"])
        #expect(csv.output.split(separator: "\r\n").count == 2)
        let json = try run(["audit", "export", "--format", "json", "--event", "audit.exported"])
        #expect(json.output.contains(#""event":"audit.exported""#))
        let quarantine = try run(
            ["quarantine", "show", "1", "--identity", "\(gateway.folder)/tls/auditor-au1"])
        #expect(quarantine.status == 1 && quarantine.errors.contains("403"))
        #expect(!gateway.log.contains(number))
    }
}

/// A log whose owner's part the test plays.
struct PlayedLog {
    let signer: NoteSigner
    private var tiles: [String: [UInt8]] = [:]
    private let size: UInt64 = 40

    init(signer: NoteSigner, differingFrom fork: Int = 40) {
        self.signer = signer
        var appender = TileAppender()
        for number in 0..<40 { appender.append(.leaf(Array("\(number < fork ? "same" : "other") \(number)".utf8))) }
        for tile in appender.takeChangedTiles() { tiles["\(tile.level)/\(tile.index)"] = tile.bytes }
    }

    func request(_ old: UInt64, _ size: UInt64) throws -> WitnessRequest {
        let reader = TileHashReader(size: self.size) { tiles["\($0)/\($1)"] }
        let root = try MerkleProof.root(size: size, in: reader)
        let note = try Checkpoint(origin: signer.name, size: size, root: root).signed(by: signer)
        return WitnessRequest(
            oldSize: old,
            proof: old == 0 || old >= size ? [] : try MerkleProof.consistency(from: old, to: size, in: reader),
            note: Array(note.description.utf8))
    }
}
