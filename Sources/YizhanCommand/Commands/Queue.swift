import ArgumentParser
import Delivery
import Foundation
import Gateway
import Interchange
import Store

struct Queue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What waits for which province, since when, for what, and what a person can do.",
        subcommands: [
            Stats.self, List.self, Show.self, Retry.self, Repair.self, Replay.self, Cancel.self, Discard.self,
            Alerts.self,
        ])

    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts by peer.", discussion: "Example: yizhan queue stats --config gateway.yaml --json")

        @OptionGroup var configuration: ConfigurationOption
        @Flag(help: "Print a JSON array.") var json = false

        func run() async throws {
            let configuration = try configuration.load()
            let store = try SQLiteReader(path: configuration.storePath)
            let view = QueueView(configuration, lanes: try await store.openLanes(), at: .now())
            let rows = try await store.backlog().map { LaneRow($0, wait: view.wait($0)) }
            if json { return try Terminal.say(json: rows) }
            Terminal.say("peer  waiting  delivered  parked  dead  withdrawn  blocked on")
            for row in rows { Terminal.say(row.line) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every delivery that waits, and every dead letter.",
            discussion: """
                A line for each batch, for each envelope that is parked, refused or by itself, and for what is in no batch yet.
                The ids are what the other commands take.
                Example: yizhan queue list --config gateway.yaml --peer 41 --state deadLettered
                """)

        @OptionGroup var configuration: ConfigurationOption
        @Option(help: "One province only.") var peer: Province?
        @Option(help: "One state only.") var state: ListedState?
        @Option(help: "What waits for this only, such as peerDown or parkedReference.") var blockedOn: BlockedOn?
        @Option(help: "The most lines.") var limit = 100
        @Flag(help: "Print a JSON array.") var json = false

        /// Lines that are looked through for those that are wanted.
        private static let lookedThrough = 100_000

        func run() async throws {
            let configuration = try configuration.load()
            let store = try SQLiteReader(path: configuration.storePath)
            let view = QueueView(configuration, lanes: try await store.openLanes(), at: .now())
            let entries = try await store.deliveries(peer: peer, limit: Self.lookedThrough).lazy.map(view.entry).filter
            {
                (state?.rawValue ?? $0.state) == $0.state && (blockedOn?.rawValue ?? $0.blockedOn) == $0.blockedOn
            }.prefix(limit)
            if json { return try Terminal.say(json: Array(entries)) }
            for entry in entries { entry.say() }
            if entries.isEmpty { Terminal.say("Nothing waits.") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One batch or envelope: its state, attempts, last error, and what the peer found wrong.",
            discussion: """
                Never a value of a person's. For each of the peer's findings it says where in the envelope and what to do.
                Example: yizhan queue show 01980000-0000-7000-8000-000000000001 --config gateway.yaml
                """)

        @OptionGroup var configuration: ConfigurationOption
        @Argument(help: "The id of a batch or an envelope.") var id: String
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let configuration = try configuration.load()
            guard let id = MessageID(id) else { throw ValidationError("Give the id of a batch or an envelope.") }
            let store = try SQLiteReader(path: configuration.storePath)
            guard let detail = try await store.delivery(id) else {
                throw GatewayError(
                    .mistakes, "nothing has that id that was to be delivered", remedy: "see `yizhan queue list`")
            }
            let view = QueueView(configuration, lanes: try await store.openLanes(), at: .now())
            let shown = DeliveryShown(detail, view)
            if json { return try Terminal.say(json: shown) }
            shown.say()
        }
    }

    struct Alerts: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What needs a person now, a line for each peer and kind, however many records it touches.",
            discussion: """
                Before those of the queue stand logDiverged, for a peer's audit log that does not continue what is held of it, and
                limitExceeded, for who used up a limit on status questions, until it begins anew.
                Example: yizhan queue alerts --all --config gateway.yaml
                """)

        @OptionGroup var configuration: ConfigurationOption
        @Flag(help: "Those that are over, too.") var all = false
        @Option(help: "The most lines.") var limit = 100
        @Flag(help: "Print a JSON array.") var json = false

        func run() async throws {
            let configuration = try configuration.load()
            let store = try SQLiteReader(path: configuration.storePath)
            let standing = try await StandingAlert.all(configuration, store, at: .now()).map(AlertRow.init)
            let rows = standing + (try await store.alerts(withEnded: all, limit: limit).map(AlertRow.init))
            if json { return try Terminal.say(json: rows) }
            for row in rows { Terminal.say(row.line) }
            if rows.isEmpty { Terminal.say("No alerts.") }
        }
    }
}

/// An alert, as printed.
private struct AlertRow: Encodable {
    var kind, peer, since: String
    var until: String?
    /// The log, or who used up which limit.
    var detail: String?

    init(_ alert: Alert) {
        (kind, peer) = (alert.kind.rawValue, alert.peer.description)
        (since, until) = (alert.since.description, alert.until?.description)
    }

    init(_ alert: StandingAlert) {
        (kind, peer) = (alert.kind.rawValue, alert.province?.description ?? "-")
        (since, detail) = (alert.since.description, alert.detail)
    }

    var line: String {
        let parts: [String?] = ["\(peer)  \(kind)  since \(since)", until.map { "until \($0)" }, detail]
        return parts.compactMap(\.self).joined(separator: "  ")
    }
}

/// One peer's counts, as printed.
struct LaneRow: Encodable {
    var peer: String
    var waiting, delivered, parked, dead, withdrawn: Int
    var oldest, blockedOn, nextAttempt, detail, advice: String?

    init(_ lane: LaneBacklog, wait: Wait?) {
        peer = lane.peer.description
        (waiting, delivered, parked, dead) = (lane.waiting, lane.delivered, lane.parked, lane.dead)
        withdrawn = lane.withdrawn
        oldest = lane.oldest?.description
        nextAttempt = (wait?.until ?? lane.nextAttempt)?.description
        detail = lane.detail
        (blockedOn, advice) = (wait?.blockedOn.rawValue, wait?.advice.english)
    }

    var line: String {
        func right(_ number: Int, _ width: Int) -> String {
            let text = Terminal.grouped(number)
            return String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return
            "\(peer)    \(right(waiting, 7))  \(right(delivered, 9))  \(right(parked, 6))  \(right(dead, 4))  \(right(withdrawn, 9))  \(blockedOn ?? "-")"
    }
}

extension QueueEntry {
    fileprivate func say() {
        Terminal.say("\(peer)  \(envelopes) envelopes  \(state)  since \(since)  \(id ?? "")")
        if let blockedOn { Terminal.say("    \(blockedOn): \(advice ?? "")") }
        if let adviceChinese { Terminal.say("    \(adviceChinese)") }
        if let nextAttempt { Terminal.say(Terminal.dim("    next attempt \(nextAttempt), \(attempts) made")) }
        if let reason {
            Terminal.say("    \(reason)\(detail.map { ": \($0)" } ?? "")")
        } else if let detail {
            Terminal.say("    last: \(detail)")
        }
    }
}

/// A delivery with all that is known of it, as printed.
private struct DeliveryShown: Encodable {
    struct Finding: Encodable {
        var code, pointer, remedy, remedyChinese: String
    }
    struct Envelope: Encodable {
        var id, digest: String
    }

    var delivery: QueueEntry
    var findings: [Finding]
    var envelopes: [Envelope]
    var inBatch, settledAt: String?

    init(_ detail: DeliveryDetail, _ view: QueueView) {
        delivery = view.entry(detail.summary)
        findings = detail.findings.map { finding in
            let remedy = ViolationCode(rawValue: finding.code)?.text.remedy
            return Finding(
                code: finding.code, pointer: finding.pointer, remedy: remedy?.english ?? "",
                remedyChinese: remedy?.chinese ?? "")
        }
        envelopes = detail.envelopes.map { Envelope(id: $0.id.description, digest: $0.digest.base64) }
        inBatch = detail.inBatch?.description
        settledAt = detail.settledAt?.description
    }

    func say() {
        delivery.say()
        Terminal.say("    attempts: \(delivery.attempts)")
        if let inBatch { Terminal.say("    in batch \(inBatch)") }
        if let settledAt { Terminal.say("    settled \(settledAt)") }
        for finding in findings {
            Terminal.say("\(Terminal.bold(finding.code))  \(finding.pointer)")
            Terminal.say("    \(finding.remedy)")
            Terminal.say("    \(finding.remedyChinese)")
        }
        for envelope in envelopes where delivery.unit == "batch" { Terminal.say("  envelope \(envelope.id)") }
    }
}

extension BlockedOn: ExpressibleByArgument {}

/// What state a listed delivery may be in.
enum ListedState: String, CaseIterable, ExpressibleByArgument {
    case available, leased, retryable, parked, deadLettered
}
