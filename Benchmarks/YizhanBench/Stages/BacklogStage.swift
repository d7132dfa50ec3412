import Foundation
import Gateway
import Store

/// Stage 7: a large backlog stands in a sender's store. How fast a part of it is worked off, beside a backlog that is no larger
/// than that part; how soon the sender is up again with it; how much memory the gateways take.
struct BacklogStage {
    /// Records that are delivered in each run, of the large backlog and of the small one.
    private static let window = 100_000
    /// More than all runs deliver, with what is under way when each ends.
    static let sizes = (Figure.runCount + 1) * window...10_000_000
    /// Rows of one submission.
    private static let submission = 100_000

    let sample: Sample
    let backlog: Int

    func run() async throws -> [Figure] {
        let pair = try GatewayPair()
        defer { pair.end() }
        let large = Transfer(pair: pair, mapping: sample.mapping.name)
        var peaks = Peaks()
        try await stand(large)
        try peaks.note(pair.guangdong, as: \.sender)
        pair.guangdong.stop()
        let watch = Stopwatch()
        try await pair.guangdong.start()
        let restart = watch.seconds
        var (ofSmall, ofLarge): ([Double], [Double]) = ([], [])
        for _ in 0..<Figure.runCount {
            Progress.say("working off")
            ofSmall.append(try await workOffSmall(&peaks))
            ofLarge.append(try await large.deliver(Self.window))
            try peaks.note(pair.henan, as: \.receiver)
            pair.henan.stop()
        }
        Progress.say("working off all the rest")
        let sender = try SQLiteReader(path: try pair.guangdong.configuration.storePath)
        let left = try await large.lane(sender).waiting
        // To look costs the sender something, and what comes between two looks is not seen: about one part in fifty.
        let rest = [try await large.deliver(left, lookingEvery: .milliseconds(max(20, left / 5_000)))]
        try peaks.note(pair.henan, as: \.receiver)
        try peaks.note(pair.guangdong, as: \.sender)
        pair.guangdong.stop()
        pair.henan.stop()
        // It took a minute, in which the machine's speed drifts: small ones before it and after it are what it is beside.
        var around = ofSmall
        for _ in 0..<Figure.runCount { around.append(try await workOffSmall(&peaks)) }
        let size = "\(backlog / 1_000)k"
        let small = around.sorted()[around.count / 2]
        return [
            Figure(7, "records a second, of a backlog of \(Self.window / 1_000)k", .perSecond, ofSmall),
            Figure(7, "records a second, the same number of a backlog of \(size)", .perSecond, ofLarge),
            Figure(7, "large backlog to small", ofLarge, to: ofSmall, owed: .atLeast(0.8)),
            Figure(7, "records a second, of all that is left of it then", .perSecond, rest),
            Figure(
                7, "records a second, of a backlog of \(Self.window / 1_000)k, before and after", .perSecond, around),
            Figure(7, "all that is left to small", rest, to: [small], owed: .atLeast(0.8)),
            Figure(7, "from the start to readiness, after SIGKILL", .seconds, [restart], owed: .atMost(30)),
            Figure(7, "most memory of a sender, filling included", .mebibytes, [peaks.sender], owed: .atMost(256)),
            Figure(7, "most memory of a receiver", .mebibytes, [peaks.receiver], owed: .atMost(256)),
        ]
    }

    /// The sender takes all of it in while there is no receiver.
    private func stand(_ transfer: Transfer) async throws {
        try await transfer.pair.guangdong.start()
        for start in stride(from: 0, to: backlog, by: Self.submission) {
            try transfer.submit(try sample.distinct(start..<min(start + Self.submission, backlog)))
            Progress.say("\(min(start + Self.submission, backlog)) of \(backlog) records wait")
        }
        let sender = try SQLiteReader(path: try transfer.pair.guangdong.configuration.storePath)
        let waiting = try await transfer.lane(sender).waiting
        guard waiting == backlog else {
            throw GatewayError(.mistakes, "\(waiting) records wait, not \(backlog)", remedy: "report this as a defect")
        }
    }

    private func workOffSmall(_ peaks: inout Peaks) async throws -> Double {
        let pair = try GatewayPair()
        defer { pair.end() }
        let small = Transfer(pair: pair, mapping: sample.mapping.name)
        try await small.prepare(try sample.distinct(0..<Self.window))
        let perSecond = try await small.deliver(Self.window)
        try peaks.note(pair.guangdong, as: \.sender)
        try peaks.note(pair.henan, as: \.receiver)
        return perSecond
    }
}

/// The most memory that was ever resident in a gateway, in MiB.
private struct Peaks {
    var sender = 0.0
    var receiver = 0.0

    mutating func note(_ gateway: GatewayProcess, as role: WritableKeyPath<Peaks, Double>) throws {
        self[keyPath: role] = max(self[keyPath: role], try gateway.usage().peakMemory)
    }
}
