import ArgumentParser
import Delivery
import Foundation
import Gateway
import Interchange
import Store

struct Queue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What waits for which province, since when, and for what.", subcommands: [Stats.self, List.self])

    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts by peer.", discussion: "Example: yizhan queue stats --config gateway.yaml --json")

        @OptionGroup var configuration: ConfigurationOption
        @Flag(help: "Print a JSON array.") var json = false

        func run() async throws {
            let configuration = try configuration.load()
            let lanes = try await SQLiteReader(path: configuration.storePath).backlog()
            let rows = lanes.map { LaneRow($0, peers: Set(configuration.peers.map(\.province))) }
            if json { return try Terminal.say(json: rows) }
            Terminal.say("peer  waiting  delivered  parked  dead  blocked on")
            for row in rows { Terminal.say(row.line) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every delivery that waits, and what a person can do.",
            discussion: "Example: yizhan queue list --config gateway.yaml --peer 41")

        @OptionGroup var configuration: ConfigurationOption
        @Option(help: "One province only.") var peer: Province?
        @Option(help: "The most lines.") var limit = 100
        @Flag(help: "Print a JSON array.") var json = false

        func run() async throws {
            let configuration = try configuration.load()
            let peers = Set(configuration.peers.map(\.province))
            let found = try await SQLiteReader(path: configuration.storePath).deliveries(peer: peer, limit: limit)
            let rows = found.map { DeliveryRow($0, peers: peers) }
            if json { return try Terminal.say(json: rows) }
            for row in rows {
                Terminal.say(
                    "\(row.peer)  \(row.envelopes) envelopes  \(row.state)  since \(row.since)  \(row.batch ?? "")")
                if let blockedOn = row.blockedOn { Terminal.say("    \(blockedOn): \(row.advice ?? row.detail ?? "")") }
            }
            if rows.isEmpty { Terminal.say("Nothing waits.") }
        }
    }
}

/// One peer's counts, as printed.
struct LaneRow: Encodable {
    var peer: String
    var waiting, delivered, parked, dead: Int
    var oldest, blockedOn, nextAttempt, detail: String?

    /// - Parameter peers: the provinces that the configuration names: for another, envelopes wait with `noPeer`.
    init(_ lane: LaneBacklog, peers: Set<Province>) {
        peer = lane.peer.description
        (waiting, delivered, parked, dead) = (lane.waiting, lane.delivered, lane.parked, lane.dead)
        oldest = lane.oldest?.description
        nextAttempt = lane.nextAttempt?.description
        detail = lane.detail
        blockedOn = lane.waiting > 0 && !peers.contains(lane.peer) ? BlockedOn.noPeer.rawValue : lane.blockedOn
    }

    var line: String {
        func right(_ number: Int, _ width: Int) -> String {
            let text = Terminal.grouped(number)
            return String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return
            "\(peer)    \(right(waiting, 7))  \(right(delivered, 9))  \(right(parked, 6))  \(right(dead, 4))  \(blockedOn ?? "-")"
    }
}

/// One delivery, as printed.
struct DeliveryRow: Encodable {
    var batch: String?
    var peer, state, since: String
    var envelopes, attempts: Int
    var nextAttempt, blockedOn, detail, advice: String?

    init(_ delivery: DeliverySummary, peers: Set<Province>) {
        batch = delivery.batch?.description
        peer = delivery.peer.description
        (state, since) = (delivery.state, delivery.acceptedAt.description)
        (envelopes, attempts) = (delivery.envelopes, delivery.attempts)
        nextAttempt = delivery.nextAttempt?.description
        blockedOn = peers.contains(delivery.peer) ? delivery.blockedOn : BlockedOn.noPeer.rawValue
        detail = delivery.detail
        advice = blockedOn.flatMap { BlockedOn(rawValue: $0)?.advice.english }
    }
}
