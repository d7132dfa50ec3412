import Exchange
import Foundation
import Seeding
import Testing
import TimeSamples

/// Whether a bureau can tell by the time or the form of an `unknown` why it is unknown, as far as it can see: over mutual TLS, at a
/// running gateway with its default floor.
@Suite(.serialized) struct AnswerTimeOverTLSTests {
    private enum Person: CaseIterable {
        /// Nobody of whom anything is held.
        case absent
        /// Lives here, and the rule allows to ask about persons whose household is registered here only.
        case forbidden
        /// A supervisor protects them.
        case protected
        /// Held, without what is asked about.
        case withoutPermit
    }

    private static let personsOfEach = 20
    private static let asksOfEach = 600
    private static let atOnce = 8
    private static let seed: UInt64 = 20_261_126
    private static let policy = """
        version: 1
        sample: 0
        rules:
          - {name: own-people, who: police, ask: currentRegistration, for: caseInquiry, about: comesFromHere, limits: \(limits)}
          - {name: anybody, who: police, ask: currentRegistration, for: publicService, limits: \(limits)}
          - {name: permits, who: police, ask: validPermit, for: caseInquiry, limits: \(limits)}
        """
    private static let limits =
        "{perOfficerPerDay: 100000, perBureauPerDay: 100000, missesPerDay: 100000, bureauMissesPerDay: 100000, similarPerDay: 100000}"

    private let gateway: TestGateway
    private let client: CurlClient
    private let persons: [Person: ArraySlice<String>]

    init() async throws {
        gateway = try TestGateway("44", in: try Scratch())
        try Self.policy.write(toFile: "\(gateway.folder)/policies/default.yaml", atomically: true, encoding: .utf8)
        try await gateway.start()
        let taken = try await gateway.submitSample(rows: 100)
        try #require(taken.status == 200)
        client = try gateway.client("bureau-police-1")
        let numbers = try Self.sampleNumbers()
        let held = try await Self.numbers(numbers.prefix(100), answered: "yes", by: client, at: gateway)
        let absent = try await Self.numbers(numbers[1_000..<1_050], answered: "unknown", by: client, at: gateway)
        let count = Self.personsOfEach
        try #require(held.count >= 3 * count && absent.count >= count)
        persons = [
            .absent: absent[..<count], .forbidden: held[..<count],
            .protected: held[count..<2 * count], .withoutPermit: held[2 * count..<3 * count],
        ]
    }

    /// - Returns: those of whom this is the answer, where everybody may be asked about.
    private static func numbers(
        _ numbers: ArraySlice<String>, answered answer: String, by client: CurlClient, at gateway: TestGateway
    ) async throws -> [String] {
        var found: [String] = []
        for number in numbers {
            let request = request("currentRegistration", of: number, for: "publicService", at: gateway)
            if members(of: try await send(request, by: client))?["answer"] == answer { found.append(number) }
        }
        return found
    }

    @Test func anUnknownIsTheSameWhateverTheReason() async throws {
        for number in try #require(persons[.protected]) {
            let done = try Executable.run(
                ["policy", "protect", "--config", "\(gateway.folder)/gateway.yaml"], input: number + "\n")
            try #require(done.status == 0, "\(done.errors)")
        }
        // A burst of other work on the machine lasts for many asks: a second run is another sample, not another chance to lie.
        var worst = try await spread(seed: Self.seed)
        if worst >= 4.5 { worst = try await spread(seed: Self.seed + 1) }
        #expect(worst < 4.5)
    }

    /// - Returns: the largest |t| between two kinds.
    private func spread(seed: UInt64) async throws -> Double {
        var generator = SplitMix64(seed: seed)
        var order = Person.allCases.flatMap { [Person](repeating: $0, count: Self.asksOfEach) }
        order.shuffle(using: &generator)
        var times = TimeSamples<Person>()
        for start in stride(from: 0, to: order.count, by: Self.atOnce) {
            let asked = order[start..<min(start + Self.atOnce, order.count)]
            try await withThrowingTaskGroup(of: (Person, Duration).self) { group in
                for (place, person) in zip(asked.indices, asked) {
                    let request = try request(about: person, place)
                    group.addTask { [client] in (person, try await Self.time(request, by: client)) }
                }
                for try await (person, took) in group { times.add(took, of: person) }
            }
        }
        var worst = 0.0
        for (first, second, t) in times.comparisons {
            print("seed \(seed): \(first) and \(second): t = \(t)")
            worst = max(worst, abs(t))
        }
        return worst
    }

    private static func time(_ request: TransportRequest, by client: CurlClient) async throws -> Duration {
        let started = ContinuousClock.now
        let response = try await send(request, by: client)
        let took = ContinuousClock.now - started
        let members = members(of: response)
        #expect(members.map { Set($0.keys) } == ["id", "answer", "asOf", "validUntil"])
        #expect(response.status == 200 && members?["answer"] == "unknown")
        return took
    }

    @inline(never)
    private static func send(_ request: TransportRequest, by client: CurlClient) async throws -> TransportResponse {
        try await client.send(request)
    }

    private static func members(of response: TransportResponse) -> [String: String]? {
        try? JSONSerialization.jsonObject(with: Data(response.content)) as? [String: String]
    }

    private func request(about person: Person, _ place: Int) throws -> TransportRequest {
        let numbers = try #require(persons[person])
        let number = numbers[numbers.startIndex + place % numbers.count]
        return Self.request(
            person == .withoutPermit ? "validPermit" : "currentRegistration", of: number, for: "caseInquiry",
            at: gateway)
    }

    private static func request(
        _ question: String, of number: String, for purpose: String, at gateway: TestGateway
    ) -> TransportRequest {
        let body =
            #"{"question":"\#(question)","subject":{"idType":"residentId","idNumber":"\#(number)"},"#
            + #""province":"44","purpose":"\#(purpose)","case":"A-1","legalBasis":"law","officer":"o-1"}"#
        return TransportRequest(
            method: "POST", url: "https://localhost:\(gateway.port + 1)/v1/status-queries",
            fields: ["content-type": "application/json"], content: Array(body.utf8))
    }

    /// Resident numbers of the sample in its order, those that are well formed.
    private static func sampleNumbers() throws -> [String] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        let sample = try Data(contentsOf: URL(fileURLWithPath: "\(root)/Tests/Fixtures/samples/guangdong-arrivals.csv"))
        return [UInt8](sample).split(separator: 0x0A).compactMap { line in
            line.split(separator: 0x2C).lazy.map { String(decoding: $0, as: UTF8.self) }
                .first { $0.utf8.count == 18 && $0.utf8.dropLast().allSatisfy { (0x30...0x39).contains($0) } }
        }
    }
}
