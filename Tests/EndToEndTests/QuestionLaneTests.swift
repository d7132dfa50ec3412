import Exchange
import Foundation
import Interchange
import Testing

/// The bytes of the status listener's answers, where questions that it answers by itself and other requests share a connection.
@Suite(.serialized) struct QuestionLaneTests {
    private static let number = "440103199001011236"
    /// After which the gateway closes the connection.
    private static let last = "GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func requestsOfOneConnectionAreAnsweredInTheirOrder() async throws {
        let gateway = try await RunningGateway(scratch)
        let question = post(body(province: "41"))
        let answers = try send(
            [
                question, post("{}"), question, post(body(province: "41", officer: "")), question, question,
                post(body(province: "41"), "Expect: 100-continue\r\n"), post(body(province: "51")),
                post(String(repeating: " ", count: 5_000)), Self.last,
            ], to: gateway)
        #expect(statuses(answers) == [200, 422, 200, 422, 200, 200, 100, 200, 200, 413, 404])
        #expect(answers.components(separatedBy: #""answer":"unknown""#).count - 1 == 6)
        #expect(!answers.lowercased().contains("connection: keep-alive"))
    }

    @Test func anAnswerIsAWholeMessageWithItsDateAndLength() async throws {
        let gateway = try await RunningGateway(scratch)
        let answers = try send(
            [post(body(province: "41"), "Connection: Keep-Alive\r\n"), Self.last], to: gateway)
        let parts = answers.components(separatedBy: "\r\n\r\n")
        let head = try #require(parts.first).components(separatedBy: "\r\n")
        #expect(head.first == "HTTP/1.1 200 OK")
        let fields = Dictionary(
            head.dropFirst().map { line in
                let pair = line.components(separatedBy: ": ")
                return (pair[0].lowercased(), pair.dropFirst().joined(separator: ": "))
            }, uniquingKeysWith: { "\($0)+\($1)" })
        #expect(Set(fields.keys) == ["content-type", "content-length", "date", "connection"])
        #expect(fields["content-type"] == "application/json" && fields["connection"] == "keep-alive")
        let content = try #require(parts[1].components(separatedBy: "HTTP/1.1").first)
        #expect(fields["content-length"] == "\(content.utf8.count)")
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = try #require(fields["date"].flatMap(format.date))
        #expect(abs(date.timeIntervalSinceNow) < 60)
    }

    @Test func aConnectionThatAsksNothingMoreIsClosed() async throws {
        let gateway = try await RunningGateway(scratch, extra: "limits: { idleSeconds: 1 }")
        let question = post(body(province: "41"))
        // Comes back only when the gateway has closed the connection.
        #expect(try statuses(send([question, question], to: gateway)) == [200, 200])
    }

    /// HTTP/1.0 asks for a connection to stay open (RFC 9112, 9.3).
    @Test func aConnectionOfHTTP10IsClosedUnlessItAsksToStayOpen() async throws {
        let gateway = try await RunningGateway(scratch)
        let kept = post(body(province: "41"), "Connection: Keep-Alive\r\n", version: "1.0")
        let started = ContinuousClock.now
        // Comes back only when the gateway has closed the connection, which when idle it does after half a minute.
        let answers = try send([kept, post(body(province: "41"), version: "1.0")], to: gateway)
        #expect(try statuses(send(["GET /none HTTP/1.0\r\n\r\n"], to: gateway, listener: 1)) == [404])
        #expect(answers.components(separatedBy: #""answer":"unknown""#).count - 1 == 2)
        #expect(ContinuousClock.now - started < .seconds(25))
    }

    @Test(arguments: [0, 1]) func aRequestThatDoesNotComeToItsEndIsCutOff(listener: Int) async throws {
        let gateway = try await RunningGateway(scratch, extra: "limits: { requestSeconds: 1 }")
        let question = post(body(province: "41"))
        let started = ContinuousClock.now
        // Comes back only when the gateway has closed the connection.
        let answers = try send([question, String(question.dropLast(9))], to: gateway, listener: listener)
        // The other listener has no such path, which it says without waiting for what is missing.
        #expect(statuses(answers) == (listener == 0 ? [200] : [404, 404]))
        #expect(ContinuousClock.now - started < .seconds(20))
    }

    @Test func aQuestionTakesNoLessThanTheFloorAndARefusalNeedNot() async throws {
        let gateway = try await RunningGateway(scratch, extra: "limits: { answerFloorMillis: 400 }")
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        for (purpose, floor) in [("caseInquiry", Duration.milliseconds(400)), ("publicService", .zero)] {
            let started = ContinuousClock.now
            let response = try await police.send(
                TransportRequest(
                    method: "POST", url: "https://localhost:\(gateway.port + 1)/v1/status-queries",
                    fields: ["content-type": "application/json"],
                    content: Array(body(province: "41", purpose: purpose).utf8)))
            #expect(response.status == 200)
            #expect(ContinuousClock.now - started >= floor)
        }
    }

    @Test func aBureauThatTheConfigurationNoLongerNamesIsTurnedAwayOnAnOpenConnection() async throws {
        let gateway = try await RunningGateway(scratch)
        let police = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        func ask() async throws -> Int {
            try await police.send(
                TransportRequest(
                    method: "POST", url: "https://localhost:\(gateway.port + 1)/v1/status-queries",
                    fields: ["content-type": "application/json"], content: Array(body(province: "41").utf8))
            ).status
        }
        #expect(try await ask() == 200)
        let file = "\(gateway.folder)/gateway.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "id: police-1", with: "id: police-2")
            .write(toFile: file, atomically: true, encoding: .utf8)
        gateway.hangUp()
        #expect(try await eventually { gateway.log.contains("configuration reloaded") })
        #expect(try await ask() == 403)
    }

    // MARK: Parts

    private func body(province: String, officer: String = "o-1", purpose: String = "caseInquiry") -> String {
        #"{"question":"currentRegistration","subject":{"idType":"residentId","idNumber":"\#(Self.number)"},"#
            + #""province":"\#(province)","purpose":"\#(purpose)","case":"A-1","legalBasis":"law","officer":"\#(officer)"}"#
    }

    private func post(_ body: String, _ fields: String = "", version: String = "1.1") -> String {
        "POST /v1/status-queries HTTP/\(version)\r\nHost: localhost\r\n\(fields)Content-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// All at once, over one connection with a bureau's certificate.
    /// - Returns: what came until the gateway closed it.
    private func send(_ requests: [String], to gateway: RunningGateway, listener: Int = 0) throws -> String {
        let file = try scratch.write(requests.joined(), to: "requests")
        let identity = "\(gateway.folder)/tls/bureau-police-1"
        let command =
            "openssl s_client -quiet -connect localhost:\(gateway.port + 1 + listener) -cert \(identity).pem -key \(identity).key"
            + " <\(file) 2>/dev/null"
        return try Executable.run(["-c", command], program: "/bin/sh").output
    }

    private func statuses(_ answers: String) -> [Int] {
        answers.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }
}
