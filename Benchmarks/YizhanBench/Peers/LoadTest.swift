import Children
import Foundation
import Gateway

/// ApacheBench: so many clients, each with a connection that stays open and its next request as soon as it has an answer.
struct LoadTest {
    static let clients = 64
    private static let executable = Program(path: "/usr/bin/ab")

    struct Outcome {
        var perSecond: Double
        /// In milliseconds: half of the requests, and 99 of 100, took no longer.
        var median, slowest: Double
    }

    /// Certificate and private key in one file.
    let identity: String
    let url: String
    /// A file to post as JSON; nil to get.
    var body: String?
    let requests: Int

    /// - Throws: ``GatewayError`` when one request was not answered 200, or not over a connection that stays open.
    func run(in scratch: Scratch) throws -> Outcome {
        let (log, percentiles) = ("\(scratch.path)/ab.txt", "\(scratch.path)/ab.csv")
        for file in [log, percentiles] { try? FileManager.default.removeItem(atPath: file) }
        let post = body.map { ["-p", $0, "-T", "application/json"] } ?? []
        try Self.executable.run(
            [
                "-q", "-k", "-c", "\(Self.clients)", "-n", "\(requests)", "-E", identity, "-f", "TLS1.3", "-e",
                percentiles,
            ]
                + post + [url], log: log)
        let report = try String(contentsOfFile: log, encoding: .utf8)
        guard number("Complete requests:", report) == Double(requests),
            number("Keep-Alive requests:", report) ?? 0 >= Double(requests) * 0.99,
            number("Non-2xx responses:", report) == nil, let perSecond = number("Requests per second:", report)
        else { throw Program.failure("ab did not get every request answered", log: log) }
        let table = try String(contentsOfFile: percentiles, encoding: .utf8)
        guard let median = percentile(50, table), let slowest = percentile(99, table) else {
            throw Program.failure("ab wrote no percentiles", log: log)
        }
        return Outcome(perSecond: perSecond, median: median, slowest: slowest)
    }

    private func number(_ name: String, _ report: String) -> Double? {
        report.split(separator: "\n").first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace)
            .compactMap { Double($0) }.first
    }

    private func percentile(_ percent: Int, _ table: String) -> Double? {
        table.split(separator: "\n").first { $0.hasPrefix("\(percent),") }?.split(separator: ",").last
            .flatMap { Double($0) }
    }
}
