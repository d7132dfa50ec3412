import AuditLog
import Interchange

/// The audit logs of peers, as the configuration names them: those that are witnessed here, and whose owners witness ours.
public struct KnownLogs: Sendable {
    public struct Log: Sendable {
        public var owner: Province
        public var key: NoteVerifierKey
        public var origin: String { key.name }

        public init(owner: Province, key: NoteVerifierKey) { (self.owner, self.key) = (owner, key) }
    }

    public let logs: [Log]

    public init(_ logs: [Log]) { self.logs = logs }

    init(_ peers: [GatewayConfiguration.Peer]) {
        logs = peers.compactMap { peer in peer.audit.map { Log(owner: peer.province, key: $0) } }
    }

    func log(of origin: String) -> Log? { logs.first { $0.origin == origin } }

    /// The keys with which they cosign.
    var witnesses: [CosignerKey] { logs.compactMap { try? CosignerKey(of: $0.key) } }

    /// How many cosignatures make evidence count as witnessed: more than half of the configured witnesses.
    var quorum: Int { logs.count / 2 + 1 }
}
