import ArgumentParser
import Delivery
import Exchange
import Foundation
import Gateway
import Interchange
import Store

struct PeerList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Peers that are configured or in force, and how it goes with each.",
        discussion: "Example: yizhan peer list --config gateway.yaml --json")

    @OptionGroup var configuration: ConfigurationOption
    @Flag(help: "Print a JSON array.") var json = false

    func run() async throws {
        let configuration = try configuration.load()
        let reader = try SQLiteReader(path: configuration.storePath)
        let view = try await ChangeView(configuration, reader: reader)
        let lanes = try await reader.backlog()
        let received = try await reader.lastReceived()
        let rows = configuration.peers.map { peer in
            PeerRow(
                peer, inForce: view.inForce.configuration.peers.first { $0.province == peer.province },
                pending: view.pending, lane: lanes.first { $0.peer == peer.province },
                contact: [received[peer.province], view.known.first { $0.peer == peer.province }?.at]
                    .compactMap(\.self).max())
        }
        if json { return try Terminal.say(json: rows) }
        for row in rows {
            Terminal.say("\(row.province)  \(row.url)  \(row.mode)  \(row.state)")
            Terminal.say("    keys       \(row.keys.isEmpty ? "-" : row.keys.joined(separator: ", "))")
            Terminal.say("    waiting    \(Terminal.grouped(row.waiting)), \(row.blockedOn ?? "not blocked")")
            Terminal.say("    heard from \(row.lastContact ?? "not yet")")
        }
        if rows.isEmpty { Terminal.say("There are no peers: name them under `peers` in the configuration.") }
    }
}

/// A peer, as printed.
private struct PeerRow: Encodable {
    var province, url, mode: String
    /// `inForce`, `changePending` when another state of it waits for approval, `pending` when it never was approved.
    var state: String
    /// Thumbprints of the keys in force.
    var keys: [String]
    var waiting: Int
    var blockedOn, nextAttempt, lastContact: String?

    init(
        _ peer: GatewayConfiguration.Peer, inForce: GatewayConfiguration.Peer?, pending: [PendingChange],
        lane: LaneBacklog?, contact: Instant?
    ) {
        province = peer.province.description
        url = (inForce ?? peer).address.description
        mode = peer.mode.rawValue
        let isPending = pending.contains { $0.entry.subject == .peer(peer.province) }
        state = inForce == nil ? "pending" : isPending ? "changePending" : "inForce"
        keys = inForce?.keys.entries.map(\.key.keyID).sorted() ?? []
        waiting = lane?.waiting ?? 0
        blockedOn = waiting > 0 && inForce == nil ? BlockedOn.noPeer.rawValue : lane?.blockedOn
        nextAttempt = lane?.nextAttempt?.description
        lastContact = contact?.description
    }
}
