import Exchange
import Interchange
import Store

/// Holds what is configured against what was approved: says what is in force, what waits for two persons, and what one person
/// may do and has done by configuring it. Pure.
public struct Reckoning: Sendable {
    /// What was approved, and what peers announced.
    public struct Record: Sendable {
        public var approvals: [Approval]
        public var proposals: [Proposal]
        public var noticed: [NoticedKey]

        public init(_ approvals: [Approval], _ proposals: [Proposal], _ noticed: [NoticedKey]) {
            self.approvals = approvals
            self.proposals = proposals
            self.noticed = noticed
        }
    }

    public private(set) var peers: [PeerTrust] = []
    public private(set) var ownKeys: [KeyTrust] = []
    /// The policy in force.
    public private(set) var policy: Approvable
    public private(set) var pending: [PendingChange] = []
    public private(set) var narrowings: [Narrowing] = []
    private let approved: [ChangeSubject: Approvable]

    public init(_ configured: ConfiguredTrust, _ record: Record) {
        approved = Dictionary(
            record.approvals.map { ($0.approved.subject, $0.approved) }, uniquingKeysWith: { $1 })
        policy = configured.policy
        // Nothing was ever approved on this store: its first start approves what is configured.
        guard !record.approvals.isEmpty else {
            (peers, ownKeys) = (configured.peers, configured.ownKeys)
            return
        }
        for peer in configured.peers { reckon(peer) }
        closePeers(except: Set(configured.peers.map(\.province)), own: configured.province)
        reckonOwnKeys(configured)
        reckonPolicy(configured.policy)
        reckonNoticed(record.noticed, configured)
        for place in pending.indices {
            pending[place].proposer = record.proposals.first { $0.digest == pending[place].digest }?.proposer
        }
    }

    // MARK: Peers

    /// Keys of the peer that were announced, and approved one by one.
    private func approvedKeys(of peer: Province) -> [KeyTrust] {
        approved.values.compactMap { KeyTrust($0) }.filter { $0.owner == peer }.sorted { $0.line < $1.line }
    }

    private mutating func reckon(_ configured: PeerTrust) {
        guard let held = approved[configured.subject].flatMap({ PeerTrust($0) }) else {
            pending.append(
                PendingChange(
                    configured.approvable, ChangeEntry(.peerChanged, "added", of: configured.subject), inForce: nil))
            return
        }
        let announced = approvedKeys(of: configured.province)
        let isWithin =
            configured.isSamePlace(as: held)
            && configured.keys.allSatisfy { key in
                (held.keys + announced).contains { $0.key == key.key && $0.validity.contains(key.validity) }
            }
        // A key that is configured no more is revoked; one that was announced stands until a configured end.
        var left = held
        left.keys = held.keys.compactMap { key in
            configured.keys.first { $0.key == key.key }.map { key.limited(to: $0) }
        }
        if isWithin { left.keys = configured.keys }
        narrow(held, to: left)
        if !isWithin { propose(configured, inPlaceOf: left) }
        var inForce = left
        for key in announced where !left.keys.contains(where: { $0.key == key.key }) {
            inForce.keys.append(configured.keys.first { $0.key == key.key }.map { key.limited(to: $0) } ?? key)
        }
        if isWithin { absorb(announced.filter { key in left.keys.contains { $0.key == key.key } }) }
        peers.append(inForce)
    }

    private mutating func narrow(_ held: PeerTrust, to left: PeerTrust) {
        guard held.approvable.digest != left.approvable.digest else { return }
        narrowings.append(
            Narrowing(left: left.approvable, entry: ChangeEntry(.keyChanged, "narrowed", of: held.subject)))
    }

    private mutating func propose(_ configured: PeerTrust, inPlaceOf left: PeerTrust) {
        let event: ChangeEntry =
            configured.isSamePlace(as: left)
            ? ChangeEntry(.keyChanged, "changed", of: configured.subject)
            : ChangeEntry(.peerChanged, "changed", of: configured.subject)
        pending.append(PendingChange(configured.approvable, event, inForce: left.approvable))
    }

    /// Announced keys that are configured by now are the peer's own: from here on the configuration alone speaks for them.
    private mutating func absorb(_ keys: [KeyTrust]) {
        for key in keys {
            narrowings.append(Narrowing(left: nil, entry: ChangeEntry(.keyChanged, "configured", of: key.subject)))
        }
    }

    private mutating func closePeers(except configured: Set<Province>, own: Province) {
        for subject in approved.keys.sorted(by: { $0.description < $1.description }) {
            switch subject {
            case .peer(let peer) where !configured.contains(peer):
                narrowings.append(Narrowing(left: nil, entry: ChangeEntry(.peerChanged, "closed", of: subject)))
            case .key(let peer, _) where peer != own && !configured.contains(peer):
                narrowings.append(Narrowing(left: nil, entry: ChangeEntry(.keyChanged, "closed", of: subject)))
            default: break
            }
        }
    }

    // MARK: Own keys

    private mutating func reckonOwnKeys(_ configured: ConfiguredTrust) {
        for key in configured.ownKeys {
            let held = approved[key.subject].flatMap { KeyTrust($0) }
            if let held {
                let left = held.limited(to: key)
                ownKeys.append(left)
                if left != held {
                    narrowings.append(
                        Narrowing(left: left.approvable, entry: ChangeEntry(.keyChanged, "narrowed", of: key.subject)))
                }
                if left.validity == key.validity { continue }
            }
            let entry = ChangeEntry(.keyChanged, held == nil ? "added" : "changed", of: key.subject)
            pending.append(PendingChange(key.approvable, entry, inForce: held?.approvable))
        }
        for held in approvedKeys(of: configured.province)
        where !configured.ownKeys.contains(where: { $0.key == held.key }) {
            narrowings.append(Narrowing(left: nil, entry: ChangeEntry(.keyChanged, "revoked", of: held.subject)))
        }
        // Every approved key is lost: what is there must sign, or nobody could approve anything. Peers take it only when their
        // own two persons have approved it.
        if ownKeys.isEmpty { ownKeys = configured.ownKeys }
    }

    // MARK: Policy and announcements

    private mutating func reckonPolicy(_ configured: Approvable) {
        guard let held = approved[.policy], held.digest != configured.digest else { return }
        policy = held
        pending.append(
            PendingChange(configured, ChangeEntry(.policyChanged, "changed", of: .policy), inForce: held))
    }

    private mutating func reckonNoticed(_ noticed: [NoticedKey], _ configured: ConfiguredTrust) {
        for notice in noticed {
            guard let peer = peers.first(where: { $0.province == notice.peer }),
                let key = try? VerificationKey(notice.jwk), !peer.keys.contains(where: { $0.key == key }),
                let own = configured.peers.first(where: { $0.province == notice.peer }),
                !own.keys.contains(where: { $0.key == key })
            else { continue }
            let terms = KeyTrust(
                owner: notice.peer, key: key, validity: KeyValidity(from: notice.from, until: notice.until))
            pending.append(
                PendingChange(
                    terms.approvable, ChangeEntry(.keyChanged, "announced", of: terms.subject), inForce: nil))
        }
    }
}

extension KeyTrust {
    /// The same key in the time that both allow.
    fileprivate func limited(to other: KeyTrust) -> KeyTrust {
        var limited = self
        limited.validity = validity.intersection(other.validity)
        return limited
    }
}
