import Exchange
import Foundation
import Simulation

/// What one register hands to its gateway: new persons and changed ones. Everything is handed over again until the gateway
/// says that it is durable, as a register would.
actor Load {
    /// How long one row may wait to be taken, in seconds.
    static let patience = 60

    private let station: Station
    private let persons: Persons
    private let client: CurlClient
    private var random: Seeded
    /// The newest version of each person.
    private var versions: [Int] = []
    /// Rows that the gateway said it has.
    private(set) var acknowledged = 0
    private(set) var isStopped = false

    init(_ station: Station, _ persons: Persons, random: Seeded) throws {
        self.station = station
        self.persons = persons
        self.random = random
        client = try station.client("source-register")
    }

    var people: Int { versions.count }

    /// Hands rows over, again and again until they are taken.
    /// - Returns: false when they were not taken in time.
    @discardableResult
    func offer(new: Int, changed: Int, seconds: Int = patience) async throws -> Bool {
        let (export, rows) = export(new: new, changed: changed)
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if let taken = try await submit(export) {
                guard taken == rows else {
                    throw FaultsError(
                        .system, "\(taken) of \(rows) made rows passed", remedy: "report this as a defect")
                }
                acknowledged += rows
                return true
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Goes on until it is stopped.
    func run() async throws {
        while !isStopped {
            let (new, changed) = (Int.random(in: 1...20, using: &random), Int.random(in: 0...10, using: &random))
            guard try await offer(new: new, changed: changed) else { return }
        }
    }

    func stop() { isStopped = true }

    func resume() { isStopped = false }

    /// A person at most once: handed over twice, a row must say the same.
    private func export(new: Int, changed: Int) -> ([UInt8], Int) {
        var text = Persons.header
        let old = versions.count
        var rows = new
        if changed > 0, old > 0 {
            let chosen = random.sample(0...(old - 1), min(changed, old))
            rows += chosen.count
            for person in chosen {
                versions[person] += 1
                text += persons.row(person, version: versions[person])
            }
        }
        for person in old..<old + new {
            versions.append(1)
            text += persons.row(person, version: 1)
        }
        return (Array(text.utf8), rows)
    }

    /// - Returns: the rows that passed; nil when the gateway did not say that it has them.
    private func submit(_ export: [UInt8]) async throws -> Int? {
        let request = TransportRequest(
            method: "POST",
            url: "https://localhost:\(station.firstPort + 2)/v1/records?mapping=\(Persons.mappingName)",
            fields: ["content-type": "text/csv"], content: export,
            limits: TransportLimits(connect: .seconds(5), total: .seconds(20), stall: .seconds(10)))
        guard let answer = try? await client.send(request), answer.status == 200 else { return nil }
        let account = try JSONDecoder().decode(Answer.self, from: Data(answer.content))
        return account.accepted + account.flagged
    }

    private struct Answer: Decodable {
        var accepted, flagged: Int
    }
}
