import Exchange
import Interchange
import Policy
import Store

/// What the files say of everything that needs approval.
public struct ConfiguredTrust: Sendable {
    public var province: Province
    public var peers: [PeerTrust]
    public var ownKeys: [KeyTrust]
    public var policy: Approvable

    public init(province: Province, peers: [PeerTrust], ownKeys: [KeyTrust], policy: Approvable) {
        self.province = province
        self.peers = peers
        self.ownKeys = ownKeys
        self.policy = policy
    }

    /// - Throws: ``GatewayError`` `file` when a peer's authority cannot be read.
    public init(_ loaded: Loaded) throws {
        let province = loaded.configuration.province
        self.province = province
        peers = try loaded.configuration.peers.map { try PeerTrust($0) }
        ownKeys = loaded.keys.signingKeys.files.map {
            KeyTrust(owner: province, key: $0.key.verificationKey, validity: $0.validity)
        }
        policy = Approvable(.policy, form: loaded.policy.normalForm, content: loaded.policyText)
    }

    /// Everything, as the first configuration of a store is approved.
    public var all: [Approvable] { peers.map(\.approvable) + ownKeys.map(\.approvable) + [policy] }

    public var entries: [ChangeEntry] {
        peers.map { ChangeEntry(.peerChanged, "first", of: $0.subject) }
            + ownKeys.map { ChangeEntry(.keyChanged, "first", of: $0.subject) }
            + [ChangeEntry(.policyChanged, "first", of: .policy)]
    }
}
