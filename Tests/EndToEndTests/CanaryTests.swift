import Exchange
import Foundation
import Gateway
import Interchange
import Testing

/// Personal data of canaries goes every way through two gateways; then everything that they wrote, said and stored is searched
/// for it. Encrypted payloads apart, there is no place where it may stand.
@Suite(.serialized) struct CanaryTests {
    let canaries = Canaries(seed: 20_260_630, count: 8)
    private let scratch: Scratch
    /// Guangdong, where the persons live; Henan, where they are registered.
    let living, home: TestGateway
    /// What the test sends itself lies in no folder that is searched.
    var person: Canaries.Person { canaries.persons[0] }

    init() throws {
        scratch = try Scratch()
        living = try TestGateway("44", in: scratch)
        home = try TestGateway("41", in: scratch)
    }

    // MARK: The search itself

    @Test(arguments: Canaries.Form.allCases)
    func aPlantedCanaryIsFoundInEachForm(form: Canaries.Form) throws {
        for (canary, text) in [("name 1", canaries.persons[1].name), ("number 1", canaries.persons[1].number)] {
            for (variant, written) in Canaries.written(text, as: form).enumerated() {
                // For base64 the neighbours decide which of the three it is.
                let around = Array("page \(variant) ".utf8)
                let found = canaries.search(around + written + Array(" end".utf8), in: "a page")
                #expect(found.contains(.init(canary: canary, form: form, place: "a page")), "\(variant)")
            }
        }
        for offset in 0..<3 where form == .base64 {
            let longer = Data(Array("abc".utf8.prefix(offset)) + Array("x\(canaries.persons[1].number)y".utf8))
            #expect(!canaries.search(longer.base64EncodedString().utf8, in: "").isEmpty, "\(offset)")
        }
    }

    @Test func aPlantedCanaryIsFoundInAFileAndInItsName() throws {
        _ = try scratch.write("a\(person.name)b", to: "planted.txt")
        _ = try scratch.write("", to: "\(person.number).txt")
        let found = try canaries.search(folder: scratch.path).found
        #expect(Set(found.map(\.canary)) == ["name 0", "number 0"])
        #expect(canaries.search(Array("a page of nobody".utf8), in: "").isEmpty)
    }

    // MARK: Two gateways

    @Test func noCanaryStandsAnywhereButEncrypted() async throws {
        var said = Said()
        try prepare()
        try await start()
        try await intake(&said)
        try await delivered("push")
        try await questions(&said)
        try await wrongRequests(&said)
        try await wrongBatches(&said)
        try commands(&said)
        stop()
        try look(said, "after push")

        try turnAround()
        try await start()
        try await submit(good(from: 4..<7), &said)
        try await delivered("pull")
        try commands(&said)
        stop()
        try look(said, "after pull")

        for gateway in [living, home] { try await retain(gateway) }
        try look(said, "after retention")
    }

    /// What the gateways answered and the commands printed.
    struct Said {
        var texts: [(what: String, bytes: [UInt8])] = []

        mutating func add(_ what: String, _ answer: TransportResponse) {
            let fields = answer.fields.lines.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
            texts.append((what, Array("\(answer.status) \(fields)\n".utf8) + answer.content))
        }
    }

    private func look(_ said: Said, _ when: String) throws {
        let (files, found) = try canaries.search(folder: scratch.path)
        #expect(files > 40)
        let spoken = said.texts.reduce(into: Set<Canaries.Found>()) {
            $0.formUnion(canaries.search($1.bytes, in: $1.what))
        }
        #expect(found.union(spoken).map(\.description).sorted() == [], "\(when)")
        #expect(!living.log.isEmpty && !home.log.isEmpty && said.texts.count > 40)
    }

    private func prepare() throws {
        for gateway in [living, home] {
            try Register.mapping.write(
                toFile: "\(gateway.folder)/mappings/test-arrivals.yaml", atomically: true, encoding: .utf8)
        }
        let level = ["log: { level: trace }"]
        try living.knows(home, ["mode: push"], extra: level)
        try home.knows(living, ["mode: push", "fetch: false"], extra: level)
    }

    private func start() async throws {
        for gateway in [living, home] {
            try FileManager.default.createDirectory(
                atPath: "\(gateway.folder)/tmp", withIntermediateDirectories: true)
            try await gateway.start(["TMPDIR": "\(gateway.folder)/tmp"])
        }
    }

    /// The next start begins the logs anew: these stay, to be searched, too.
    private func stop() {
        for gateway in [living, home] {
            gateway.stop()
            try? FileManager.default.copyItem(
                atPath: "\(gateway.folder)/log", toPath: "\(gateway.folder)/log-\(UUID().uuidString)")
        }
    }

    private func turnAround() throws {
        for (gateway, old, new) in [(living, "mode: push", "mode: pull"), (home, "fetch: false", "fetch: true")] {
            let file = "\(gateway.folder)/gateway.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8).replacing(old, with: new)
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
    }

    private func delivered(_ way: String) async throws {
        let isDone = try await eventually {
            try living.backlog("waiting", of: "41") == 0 && (try living.backlog("delivered", of: "41") ?? 0) > 0
        }
        #expect(isDone, "\(way)")
    }

    private func retain(_ gateway: TestGateway) async throws {
        let desk = try OperatorDesk(
            try GatewayConfiguration(file: "\(gateway.folder)/gateway.yaml"), clock: { Instant.now() })
        let report = try await desk.keeping?.retainIfDue(at: Instant.now().adding(seconds: 2_000 * 86_400))
        #expect((report?.erased ?? 0) > 0, "\(gateway.province)")
        await desk.store.close()
    }
}
