import Exchange
import Foundation
import GRDB
import Interchange
import Testing

/// Status questions over the listeners of a running gateway, with the test in the part of Guangdong's gateway.
@Suite(.serialized) struct QuestionTests {
    private static let guangdonger = "440103199001011236"

    private let scratch: Scratch
    private let gateway: RunningGateway

    init() async throws {
        scratch = try Scratch()
        gateway = try await RunningGateway(
            scratch, extra: "limits: { elsewhereDeadlineMillis: 300, provinceMissesPerDay: 4 }")
    }

    // MARK: A bureau's questions

    @Test func everyQuestionIsAnsweredAndMalformedOnesAreNot() async throws {
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        let person = #""subject":{"idType":"residentId","idNumber":"\#(Self.guangdonger)"}"#
        let named =
            #""subject":{"idType":"residentId","idNumber":"\#(Self.guangdonger)","name":"张三","birthDate":"1990-01-01"}"#
        for (question, members) in [
            ("currentRegistration", person + #","province":"41""#), ("validPermit", person + #","province":"41""#),
            ("validPermit", person + #","province":"41","onDate":"2026-01-01""#),
            ("registeredInDivision", person + #","division":"410105""#), ("identityMatches", named),
        ] {
            let reply = try await ask(police, question, members)
            #expect(reply.status == 200)
            #expect(Set(reply.members.keys) == ["id", "answer", "asOf", "validUntil"], "\(question)")
            #expect(reply.members["answer"] == "unknown")
        }
        let refused = try await ask(
            police, "employerReported", person + #","employer":"91410100MA3X0000X1""#)
        #expect(refused.status == 422)
        for members in [
            person, person + #","province":"41","division":"410105""#, person + #","province":"4""#,
            person + #","province":"41","more":"x""#, person + #","province":"41","deferredUntil":"2099-01-01""#,
        ] {
            #expect(try await ask(police, "currentRegistration", members).status == 422, "\(members)")
        }
    }

    @Test func aPeerThatIsNotThereIsUnknownAtTheDeadlineWithAnEntryBeforeAndAfter() async throws {
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        // Guangdong cannot be reached; Sichuan is no peer at all.
        for province in ["44", "51"] {
            let started = ContinuousClock.now
            let reply = try await ask(
                police, "currentRegistration",
                #""subject":{"idType":"residentId","idNumber":"\#(Self.guangdonger)"},"province":"\#(province)""#)
            #expect(reply.members["answer"] == "unknown")
            #expect(Set(reply.members.keys) == ["id", "answer", "asOf", "validUntil"])
            #expect(ContinuousClock.now - started >= .milliseconds(300))
        }
        // Either may be drawn for a supervisor, too.
        let entries = try audit().filter { $0.contains("question.") && !$0.contains("question.sampled") }
        #expect(entries.count == 4)
        #expect(entries[0].contains("question.forwarded") && entries[1].contains("question.answered"))
        #expect(entries.allSatisfy { $0.contains("peer=44") || $0.contains("peer=51") })
        #expect(!gateway.log.contains(Self.guangdonger))
    }

    // MARK: Another province's questions

    @Test func aPeersQuestionIsAnsweredOnceAndTheHomeProvinceIsTold() async throws {
        let body = peerBody(id: "01990000-0000-7000-8000-000000000001")
        let first = try await askAsPeer(body)
        #expect(first.status == 200)
        #expect(first.members["answer"] == "unknown")
        #expect(first.members["id"] == "01990000-0000-7000-8000-000000000001")
        let again = try await askAsPeer(body)
        #expect(again.members == first.members)
        let other = peerBody(id: "01990000-0000-7000-8000-000000000001", officer: "o-2")
        #expect(try await askAsPeer(other).status == 409)
        let refused = try await askAsPeer(
            peerBody(id: "01990000-0000-7000-8000-000000000002", purpose: "publicService"))
        #expect(refused.members["answer"] == "refused")
        #expect(refused.members["reason"] == "purposeNotAllowed")
        #expect(refused.members["rule"] == "police-registration")
        #expect(try await askAsPeer(peerBody(id: "x")).status == 422)
        let deferred = try await askAsPeer(
            peerBody(
                id: "01990000-0000-7000-8000-000000000003",
                more: #","deferredUntil":"\#(Instant.now().dayInShanghai.adding(days: 30))","deferralGround":"刑事诉讼法""#))
        #expect(deferred.status == 200)
        let day = Instant.now().dayInShanghai.adding(days: 30)
        #expect(try noticesDue().contains(Instant(startOf: day).milliseconds))
        var entries = try audit()
        for _ in 0..<200 where !entries.contains(where: { $0.contains("access.notified") }) {
            try await Task.sleep(for: .milliseconds(25))
            entries = try audit()
        }
        // One at once; the deferred one waits.
        #expect(entries.count { $0.contains("access.notified") } == 1)
        #expect(entries.count { $0.contains("question.answered") && $0.contains("peer=44") } == 2)
        #expect(entries.contains { $0.contains("deferredUntil=") })
        let verified = try Executable.run(["audit", "verify", "--config", "\(gateway.folder)/gateway.yaml"])
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func aQuestionThatIsNotSignedByThePeerIsNotAnswered() async throws {
        let body = peerBody(id: "01990000-0000-7000-8000-000000000001")
        #expect(try await askAsPeer(body, key: SigningKey.generate()).status == 401)
        let request = try signed(body, with: gateway.peerKey)
        let client = try gateway.client("\(scratch.path)/44/tls/gateway")
        #expect(try await client.send(request.transport(body)).status == 200)
        #expect(try await client.send(request.transport(body)).status == 401)
        let bureau = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        #expect(try await bureau.send(request.transport(body)).status == 403)
    }

    @Test func aPeerThatNamesBureausOfItsOwnMakingComesToAnEnd() async throws {
        var replies: [String?] = []
        for number in 1...6 {
            let reply = try await askAsPeer(
                peerBody(
                    id: "01990000-0000-7000-8000-00000000000\(number)", bureau: "gz-\(number)", officer: "o-\(number)"))
            #expect(reply.status == 200)
            replies.append(reply.members["reason"] ?? reply.members["answer"])
        }
        let refusal = "provinceMissBudgetExceeded"
        #expect(replies == ["unknown", "unknown", "unknown", "unknown", refusal, refusal])
        let entries = try audit()
        #expect(entries.count { $0.contains("question.limitExceeded") && $0.contains("reason=\(refusal)") } == 1)
        #expect(entries.count { $0.contains("question.refused") && $0.contains("reason=\(refusal)") } == 2)
        #expect(gateway.log.contains("status questions refused: a limit is exceeded"))
        let alerts = try Executable.run(["queue", "alerts", "--config", "\(gateway.folder)/gateway.yaml"]).output
        // The peer cannot be reached, besides.
        #expect(alerts.split(separator: "\n").count { $0.contains("limitExceeded") } == 1)
        #expect(alerts.hasPrefix("44  limitExceeded  since "))
        #expect(alerts.contains("urn:yizhan:bureau:44:gz-5/o-5 \(refusal), until "))
        let doctor = try Executable.run(["doctor", "--offline", "--json", "--config", "\(gateway.folder)/gateway.yaml"])
        #expect(doctor.output.contains("limitExceeded since"))
        // Our own bureaus are none of the peer's.
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        let own = try await ask(
            police, "currentRegistration",
            #""subject":{"idType":"residentId","idNumber":"\#(Self.guangdonger)"},"province":"41""#)
        #expect(own.members["answer"] == "unknown")
    }

    // MARK: Supervisors and policies

    @Test func policiesAreCheckedExplainedAndHeldAgainstThePast() async throws {
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        _ = try await ask(
            police, "currentRegistration",
            #""subject":{"idType":"residentId","idNumber":"\#(Self.guangdonger)"},"province":"41""#)
        let configuration = ["--config", "\(gateway.folder)/gateway.yaml"]
        let checked = try Executable.run(["policy", "check"] + configuration)
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
        let narrow = try scratch.write(
            """
            version: 1
            rules:
            - {name: a, who: police, ask: validPermit, for: publicService}
            - {name: b, who: police, ask: validPermit, for: publicService}
            """, to: "narrow.yaml")
        let unreachable = try Executable.run(["policy", "check", narrow, "--json"])
        #expect(unreachable.status == 2)
        #expect(unreachable.output.contains(#""code":"unreachable""#) && unreachable.output.contains(#""line":4"#))
        let asked = ["--bureau", "police-1", "--question", "currentRegistration", "--purpose", "caseInquiry"]
        let explained = try Executable.run(["policy", "explain", "--json"] + configuration + asked)
        #expect(explained.output.contains(#""reason":"caseMissing""#) && explained.output.contains(#""line":"#))
        let replayed = try Executable.run(["policy", "replay", narrow, "--json"] + configuration)
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(replayed.output.contains(#""requests":1"#))
        #expect(replayed.output.contains(#""now":"refused (questionNotAllowed)""#))
        let same = try Executable.run(
            ["policy", "replay", "\(gateway.folder)/policies/default.yaml"] + configuration)
        #expect(same.output == "1 requests, 0 would have been decided otherwise\n")
    }

    @Test func aProtectedPersonIsASupervisorsToName() async throws {
        let configuration = ["--config", "\(gateway.folder)/gateway.yaml"]
        let done = try Executable.run(["policy", "protect"] + configuration, input: Self.guangdonger + "\n")
        #expect(done.status == 0, "\(done.errors)")
        let asOperator = try Executable.run(
            ["policy", "protect", "--identity", "\(gateway.folder)/tls/operator-op1"] + configuration,
            input: Self.guangdonger + "\n")
        #expect(asOperator.status == 1)
        #expect(asOperator.errors.contains("ROLE_UNFIT"))
        let samples = try Executable.run(["policy", "samples"] + configuration)
        #expect(samples.output == "no drawn question waits\n")
        #expect(try audit().contains { $0.contains("policy.changed") && $0.contains("change=protected") })
    }

    // MARK: Parts

    private struct Reply {
        var status: Int
        var members: [String: String]

        init(_ response: TransportResponse) {
            status = response.status
            let object = try? JSONSerialization.jsonObject(with: Data(response.content)) as? [String: Any]
            members = (object ?? [:]).compactMapValues { $0 as? String }
        }
    }

    private func ask(_ client: CurlClient, _ question: String, _ members: String) async throws -> Reply {
        let body =
            #"{"question":"\#(question)",\#(members),"purpose":"caseInquiry","case":"豫公2026-18","#
            + #""legalBasis":"居民身份证法 第15条","officer":"o-1"}"#
        return Reply(
            try await client.send(
                TransportRequest(
                    method: "POST", url: "https://localhost:\(gateway.port + 1)/v1/status-queries",
                    fields: ["content-type": "application/json"], content: Array(body.utf8))))
    }

    private func peerBody(
        id: String, bureau: String = "gz-02", officer: String = "o-1", purpose: String = "caseInquiry",
        more: String = ""
    ) -> [UInt8] {
        Array(
            (#"{"id":"\#(id)","bureau":{"id":"\#(bureau)","kind":"police"},"question":"currentRegistration","#
                + #""subject":{"idType":"residentId","idNumber":"\#(Self.guangdonger)"},"province":"41","#
                + #""purpose":"\#(purpose)","case":"粤公2026-1","legalBasis":"law","officer":"\#(officer)"\#(more)}"#)
                .utf8)
    }

    private func signed(_ body: [UInt8], with key: SigningKey) throws -> HTTPRequestComponents {
        let request = HTTPRequestComponents(
            method: "POST", authority: "localhost:\(gateway.port)", path: "/v1/status-queries",
            fields: [
                "content-type": "application/json", "content-digest": ContentDigest(of: body).description,
            ])
        return try MessageSigner(key: key, clock: { Instant.now() }).sign(request, hasContent: true, as: .request)
    }

    /// Sends it and verifies the answer's signature.
    private func askAsPeer(_ body: [UInt8], key: SigningKey? = nil) async throws -> Reply {
        let request = try signed(body, with: key ?? gateway.peerKey)
        let response = try await gateway.client("\(scratch.path)/44/tls/gateway").send(request.transport(body))
        let pem = try String(contentsOfFile: "\(gateway.folder)/keys/signing.pem", encoding: .utf8)
        let own = try SigningKey(pem).verificationKey
        _ = try MessageVerifier(tag: .response, now: .now()).verify(
            .response(
                HTTPResponseComponents(status: response.status, fields: response.fields, answering: request)),
            hasContent: true
        ) { (_, _) throws(WireError) in own }
        return Reply(response)
    }

    /// When notices to home provinces that wait are due, in milliseconds since 1970.
    private func noticesDue() throws -> [Int64] {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: "\(gateway.folder)/state/yizhan.sqlite", configuration: configuration).read {
            try Int64.fetchAll($0, sql: "SELECT due_at FROM access_notice")
        }
    }

    private func audit() throws -> [Substring] {
        try Executable.run(["audit", "list", "--config", "\(gateway.folder)/gateway.yaml"])
            .output.split(separator: "\n")
    }
}

extension HTTPRequestComponents {
    fileprivate func transport(_ content: [UInt8]) -> TransportRequest {
        TransportRequest(method: method, url: url, fields: fields, content: content)
    }
}
