import Exchange
import Foundation
import Testing

/// The other listeners of a running gateway, and what it does when the disk is full or certificates are renewed.
@Suite(.serialized) struct ListenerTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let sample = "\(root)/Tests/Fixtures/samples/guangdong-arrivals.csv"
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func aBureauIsAnsweredByThePolicy() async throws {
        let gateway = try await RunningGateway(scratch)
        let police = ["--bureau", "police-1", "--purpose", "caseInquiry"]
        let asked = try status(gateway, police + ["--case", "豫公2026-18"])
        #expect(asked.status == 0, "\(asked.errors)")
        #expect(asked.output.contains(#""answer":"unknown""#))
        let withoutCase = try status(gateway, police)
        #expect(withoutCase.output.contains(#""answer":"refused""#))
        #expect(withoutCase.output.contains("caseMissing"))
        let commerce = try status(gateway, ["--bureau", "commerce-1", "--purpose", "employmentVerification"])
        #expect(commerce.output.contains(#""answer":"refused""#))
        let entries = try Executable.run(["audit", "list", "--config", "\(gateway.folder)/gateway.yaml"])
        #expect(entries.output.split(separator: "\n").count { $0.contains("question.answered") } == 1)
        #expect(entries.output.split(separator: "\n").count { $0.contains("question.refused") } == 2)
        #expect(!entries.output.contains("411303197406109810") && !gateway.log.contains("411303197406109810"))
    }

    @Test func aGatewayWithoutPeersRunsAsInitMadeIt() async throws {
        let gateway = try await RunningGateway(scratch, hasPeer: false)
        #expect(try status(gateway, ["--bureau", "police-1", "--purpose", "residenceRegistration"]).status == 0)
    }

    @Test func noListenerServesAnothersRoutesOrCertificates() async throws {
        let gateway = try await RunningGateway(scratch)
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        let source = try gateway.client("\(gateway.folder)/tls/source-register")
        func post(_ client: CurlClient, _ listener: Int, _ path: String) async throws -> Int {
            try await client.send(
                TransportRequest(
                    method: "POST", url: "https://localhost:\(gateway.port + listener)\(path)",
                    fields: ["content-type": "application/json"], content: Array("{}".utf8))
            ).status
        }
        #expect(try await post(source, 1, "/v1/status-queries") == 403)
        #expect(try await post(police, 2, "/v1/records?mapping=guangdong-arrivals") == 403)
        #expect(try await post(police, 1, "/v1/status-queries") == 422)
        for (listener, path) in [
            (0, "/v1/records"), (1, "/v1/batches"), (2, "/v1/batches"), (3, "/v1/batches"),
            (3, "/v1/records"), (3, "/v1/status-queries"), (0, "/health/live"),
        ] {
            #expect(try await post(police, listener, path) == 404, "\(listener) \(path)")
        }
    }

    @Test func whatNoRouteAnswersIsRefusedWithItsCode() async throws {
        let gateway = try await RunningGateway(scratch, hasPeer: false)
        let client = try gateway.client("\(gateway.folder)/tls/operator-op1")
        let expected: [(listener: Int, method: String, path: String, allow: String?)] = [
            (1, "GET", "/v1/status-queries", "POST"), (1, "POST", "/v1/none", nil),
            (2, "PUT", "/v1/records", "POST"), (2, "GET", "/", nil),
            (3, "POST", "/health/live", "GET"), (3, "GET", "/v1/operations/any", "POST"), (3, "GET", "/metrics", nil),
        ]
        for (listener, method, path, allow) in expected {
            let answer = try await client.send(
                TransportRequest(method: method, url: "https://localhost:\(gateway.port + listener)\(path)"))
            let status = allow == nil ? 404 : 405
            #expect(answer.status == status, "\(listener) \(method) \(path)")
            #expect(answer.fields.single("content-type") == "application/problem+json")
            #expect(answer.fields.single("allow") == allow)
            #expect(
                ProblemDetails(decoding: answer.content, status: status)?.code
                    == (allow == nil ? "NOT_FOUND" : "METHOD_NOT_ALLOWED"))
        }
    }

    @Test func aConnectionThatIsToStayOpenIsSaidToStayOpen() async throws {
        let gateway = try await RunningGateway(scratch)
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        func connection(_ fields: HeaderFields) async throws -> String? {
            try await police.send(
                TransportRequest(
                    method: "POST", url: "https://localhost:\(gateway.port + 1)/v1/status-queries", fields: fields,
                    content: Array("{}".utf8))
            ).fields.single("connection")
        }
        #expect(try await connection(["connection": "Keep-Alive"]) == "keep-alive")
        #expect(try await connection([:]) == nil)
    }

    @Test func aFullDiskRefusesWith503AndLosesNothing() async throws {
        let gateway = try await RunningGateway(scratch, extra: "limits: { databasePages: 150 }")
        let source = try gateway.client("\(gateway.folder)/tls/source-register")
        // Henan's gateway refuses Guangdong's rows by province, so each row is kept in quarantine: that fills the store.
        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.sample)))
        let answer = try await source.send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(gateway.port + 2)/v1/records?mapping=guangdong-arrivals",
                fields: ["content-type": "text/csv"], content: content))
        #expect(answer.status == 503)
        #expect(answer.fields.single("retry-after") == "60")
        #expect(ProblemDetails(decoding: answer.content, status: 503)?.code == "STORAGE_FULL")
        let verified = try Executable.run(["audit", "verify", "--config", "\(gateway.folder)/gateway.yaml"])
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func renewedCertificatesComeIntoUseWithoutARestart() async throws {
        let gateway = try await RunningGateway(scratch)
        let made = try Executable.run([
            "init", "--province", "41", "--dir", "\(scratch.path)/renewed", "--ca", "\(scratch.path)/new-ca",
        ])
        #expect(made.status == 0, "\(made.errors)")
        for file in ["gateway.pem", "gateway.key", "ca.pem"] {
            let renewed = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/renewed/tls/\(file)"))
            try renewed.write(to: URL(fileURLWithPath: "\(gateway.folder)/tls/\(file)"))
        }
        gateway.hangUp()
        let client = try gateway.client("\(scratch.path)/renewed/tls/source-register")
        var status = 0
        for _ in 0..<200 where status != 422 {
            let request = TransportRequest(
                method: "POST", url: "https://localhost:\(gateway.port + 2)/v1/records?mapping=none",
                content: Array("x".utf8))
            status = (try? await client.send(request))?.status ?? 0
            try await Task.sleep(for: .milliseconds(25))
        }
        #expect(status == 422, "\(gateway.log)")
    }

    @Test func aSecondGatewayOnTheSameStoreIsRefused() async throws {
        let gateway = try await RunningGateway(scratch)
        let second = try Executable.run(
            ["serve", "--config", "\(gateway.folder)/gateway.yaml"],
            environment: ["YIZHAN_LISTENERS_EXCHANGE_PORT": "1"])
        #expect(second.status == 3)
        #expect(second.errors.contains("another gateway runs on this store"))
    }

    @Test func aKeyFileOpenToOthersIsRefused() async throws {
        let folder = "\(scratch.path)/44"
        #expect(try Executable.run(["init", "--province", "44", "--dir", folder]).status == 0)
        #expect(chmod("\(folder)/keys/signing.pem", 0o644) == 0)
        let result = try Executable.run(["serve", "--config", "\(folder)/gateway.yaml"])
        #expect(result.status == 2)
        #expect(result.errors.contains("chmod 0600"))
    }

    private func status(_ gateway: RunningGateway, _ arguments: [String]) throws -> Executable.Result {
        try Executable.run(
            [
                "status", "--config", "\(gateway.folder)/gateway.yaml", "--officer", "o-1", "--province", "44",
                "--legal-basis", "居民身份证法 第15条", "--json",
            ] + arguments, input: "411303197406109810\n")
    }
}
