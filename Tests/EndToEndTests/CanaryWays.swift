import Exchange
import Foundation
import Interchange
import Testing

// The ways on which canaries go through two gateways.

// MARK: Intake

extension CanaryTests {
    private static let columns = [
        "姓名", "性别", "出生日期", "证件类型", "证件号码", "户籍地区划", "现居住地区划", "来本地日期", "登记日期", "流入原因",
    ]

    private func row(_ person: Canaries.Person) -> [String] {
        // The last digit but one tells men from women.
        let isMan = (Int(String(person.number.dropLast().suffix(1))) ?? 0) % 2 == 1
        return [
            person.name, isMan ? "男" : "女", person.birthDate, "居民身份证", person.number, "411303", "441423",
            "2026-04-01", "2026-04-02", "务工",
        ]
    }

    func good(from places: Range<Int>) -> [[String]] { places.map { row(canaries.persons[$0]) } }

    /// A canary where something else is expected, in each column; and rows that are wrong in themselves.
    private func bad() -> [[String]] {
        let whole = row(canaries.persons[7])
        var rows = Self.columns.indices.flatMap { column in
            [person.name, person.number].map { value in
                var row = whole
                row[column] = value
                return row
            }
        }
        rows.append(Array(whole.prefix(5)))
        rows.append(whole + [person.name, person.number])
        var late = whole
        (late[7], late[8]) = ("2026-04-09", "2026-04-02")
        rows.append(late)
        return rows
    }

    private func csv(_ rows: [[String]]) -> [UInt8] {
        Array(([Self.columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined().utf8)
    }

    func submit(_ rows: [[String]], _ said: inout Said) async throws {
        let answer = try await post(csv(rows), to: "test-arrivals")
        #expect(answer.status == 200, "\(String(decoding: answer.content, as: UTF8.self))")
        said.add("intake", answer)
    }

    @inline(never)
    private func post(_ content: [UInt8], to mapping: String) async throws -> TransportResponse {
        try await living.client("source-register").send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(living.port + 2)/v1/records?mapping=\(mapping)",
                fields: ["content-type": "text/csv"], content: content))
    }

    func intake(_ said: inout Said) async throws {
        try await submit(good(from: 0..<4) + bad(), &said)
        let encoded = String(decoding: Canaries.written(person.name, as: .percent)[0], as: UTF8.self)
        for (content, mapping) in [
            // Without its first line the first person's row is taken for it.
            (Array(csv(good(from: 0..<2)).drop { $0 != 0x0A }.dropFirst()), "test-arrivals"),
            (Array("{\"name\":\"\(person.name)\"}".utf8), "test-arrivals"),
            (csv([["\"\(person.name)", person.number]]), "test-arrivals"),
            (csv(good(from: 0..<1)), encoded), (csv(good(from: 0..<1)), person.number),
            (csv(good(from: 0..<1)), "guangdong-arrivals"),
        ] {
            said.add("refused intake", try await post(content, to: mapping))
        }
    }
}

// MARK: Questions and wrong requests

extension CanaryTests {
    func questions(_ said: inout Said) async throws {
        let subject = #"{"idType":"residentId","idNumber":"\#(person.number)"}"#
        let named =
            #"{"idType":"residentId","idNumber":"\#(person.number)","name":"\#(person.name)","#
            + #""birthDate":"\#(person.birthDate)"}"#
        for body in [
            question("currentRegistration", subject, #""province":"44""#),
            question("currentRegistration", subject, #""province":"41""#),
            question("identityMatches", named), question("registeredInDivision", subject, #""division":"441423""#),
            question("identityMatches", named, #""\#(person.name)":"\#(person.number)""#),
            question("validPermit", subject, #""province":"\#(person.number)""#),
            question(person.name, subject), question(person.number, named),
            question("currentRegistration", #"{"idType":"\#(person.name)","idNumber":"\#(person.number)"}"#),
            question("currentRegistration", #"{"idType":"residentId","idNumber":"\#(person.number.dropLast())"}"#),
            question("currentRegistration", subject, #""province":"44","case":"\#(person.number)""#),
            question("currentRegistration", subject, #""province":"44""#, officer: person.number),
            question("currentRegistration", subject, #""province":"44""#, basis: person.number),
            "{\"\(person.name)\": \(person.number)", "[\"\(person.name)\"]", person.number, "",
            String(repeating: person.number, count: 400),
        ] {
            for gateway in [living, home] {
                said.add("question", try await send(body, gateway, "bureau-police-1", 1, "/v1/status-queries"))
            }
        }
        for fields in [
            ["yizhan-subject": "residentId \(person.number)"], ["yizhan-subject": "residentId \(person.number)0"],
            ["yizhan-subject": person.number],
        ] as [HeaderFields] {
            said.add("access log", try await get(living, "portal", 2, "/v1/access-log", fields))
        }
    }

    private func question(
        _ question: String, _ subject: String, _ more: String? = nil, officer: String = "o-1",
        basis: String = "居民身份证法 第15条"
    ) -> String {
        #"{"question":"\#(question)","subject":\#(subject),"purpose":"residenceRegistration","legalBasis":"\#(basis)","#
            + (more.map { $0 + "," } ?? "") + #""officer":"\#(officer)"}"#
    }

    @inline(never)
    private func send(
        _ body: String, _ gateway: TestGateway, _ identity: String, _ listener: Int, _ path: String
    ) async throws -> TransportResponse {
        try await gateway.client(identity).send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(gateway.port + listener)\(path)",
                fields: ["content-type": "application/json"], content: Array(body.utf8)))
    }

    @inline(never)
    private func get(
        _ gateway: TestGateway, _ identity: String, _ listener: Int, _ path: String, _ fields: HeaderFields = [:]
    ) async throws -> TransportResponse {
        try await gateway.client(identity).send(
            TransportRequest(
                method: "GET", url: "https://localhost:\(gateway.port + listener)\(path)", fields: fields))
    }

    func wrongRequests(_ said: inout Said) async throws {
        let encoded = String(decoding: Canaries.written(person.name, as: .percent)[0], as: UTF8.self)
        let callers = ["gateway", "bureau-police-1", "source-register", "operator-op1"]
        for (listener, identity) in callers.enumerated() {
            for value in [encoded, person.number] {
                for path in [
                    "/\(value)", "/v1/batches/\(value)/receipt", "/audit/tile/\(value)", "/v1/operations/\(value)",
                ] {
                    said.add("wrong path", try await get(home, identity, listener, path))
                    said.add("wrong path", try await send(person.number, home, identity, listener, path))
                }
                said.add("wrong query", try await get(home, identity, listener, "/v1/capabilities?a=\(value)"))
                said.add(
                    "wrong header",
                    try await get(home, identity, listener, "/v1/outbox", ["x-person": value, "accept": value]))
            }
        }
        for name in ["change-approve", "audit-evidence", "audit-read", "audit-subject", "quarantine-view"] {
            for body in ["{\"digest\":\"\(person.number)\",\"batch\":\"\(person.name)\"}", person.name] {
                said.add("wrong action", try await send(body, home, "operator-op1", 3, "/v1/operations/\(name)"))
            }
        }
    }
}

// MARK: Batches and commands

extension CanaryTests {
    /// As Guangdong, with its own key.
    func wrongBatches(_ said: inout Said) async throws {
        let sender = BatchSender(
            province: try #require(Province("44")),
            signer: MessageSigner(key: try living.key, clock: { Instant.now() }))
        let good = String(decoding: try Batches.arrival(version: 1), as: UTF8.self)
            .replacing("熊长凯", with: person.name)
        for line in [
            good.replacing("2026-04-02", with: person.number), good.replacing("440111", with: person.name),
            good.replacing("411303197406109810", with: String(person.number.dropLast()) + "Y"),
            good.replacing(#""kind":"arrival""#, with: #""kind":"\#(person.name)""#),
            good.replacing(#""purpose":"#, with: #""\#(person.number)":1,"purpose":"#),
            "{\"id\":\"\(person.number)\"}", person.name, "{\"\(person.name)\":",
        ] {
            let request = try sender.request(for: try Batches.make([Array(line.utf8)]), to: try home.address)
            said.add("batch", try await push(request.transportRequest()))
        }
        for path in ["/v1/batches", "/v1/reconciliation", "/v1/status-queries", "/audit/witness/add-checkpoint"] {
            let body = "{\"subject\":\"\(person.number)\",\"name\":\"\(person.name)\"}\n"
            said.add("unsigned", try await send(body, home, "gateway", 0, path))
            said.add("unsigned", try await push(plain(body, path)))
        }
    }

    private func plain(_ body: String, _ path: String) throws -> TransportRequest {
        TransportRequest(
            method: "POST", url: "https://localhost:\(home.port)\(path)",
            fields: ["content-type": "application/x-ndjson", "yizhan-batch": person.number], content: Array(body.utf8))
    }

    @inline(never)
    private func push(_ request: TransportRequest) async throws -> TransportResponse {
        try await living.client("gateway").send(request)
    }

    func commands(_ said: inout Said) throws {
        for gateway in [living, home] {
            for command in [
                ["queue", "list"], ["queue", "stats"], ["quarantine", "list"], ["audit", "list"], ["audit", "verify"],
                ["audit", "export", "--format", "json"], ["audit", "export", "--format", "csv"], ["peer", "list"],
                ["change", "list"], ["keys", "list"], ["doctor"], ["policy", "samples"], ["reconcile", "--list"],
                ["backup", "--to", "\(gateway.folder)/shelf"],
            ] {
                let done = try Executable.run(command + ["--config", "\(gateway.folder)/gateway.yaml"])
                said.texts.append((command.joined(separator: " "), Array((done.output + done.errors).utf8)))
            }
        }
    }
}
