import AuditLog
import Interchange

/// The audit logs of peers, as the configuration names them: those that are witnessed here, and whose owners witness ours.
struct KnownLogs: Sendable {
    struct Log: Sendable {
        var owner: Province
        var key: NoteVerifierKey
        var origin: String { key.name }
    }

    let logs: [Log]

    init(_ peers: [GatewayConfiguration.Peer]) {
        logs = peers.compactMap { peer in peer.audit.map { Log(owner: peer.province, key: $0) } }
    }

    func log(of origin: String) -> Log? { logs.first { $0.origin == origin } }

    /// The keys with which they cosign.
    var witnesses: [CosignerKey] { logs.compactMap { try? CosignerKey(of: $0.key) } }

    /// How many cosignatures make evidence count as witnessed: more than half of the configured witnesses.
    var quorum: Int { logs.count / 2 + 1 }
}
