import AuditLog
import Exchange
import Interchange
import Store

/// Every signing key and every audit log that two persons ever approved, those that have ended among them: what was signed with
/// a key that was rotated out is evidence still.
struct TrustHistory {
    struct Key: Sendable {
        /// As it was approved last: a later approval may have set its end.
        var terms: KeyTrust
        /// The approval that brought it into force.
        var approved: Approvable
    }

    private(set) var signing: [Key] = []
    private var audit: [Province: [NoteVerifierKey]] = [:]

    /// - Parameters:
    ///   - approvals: oldest first.
    ///   - logs: as they are in force.
    init(_ approvals: [Approval], _ logs: KnownLogs) {
        for approval in approvals {
            let peer = PeerTrust(approval.approved)
            for terms in peer?.keys ?? KeyTrust(approval.approved).map({ [$0] }) ?? [] { add(terms, approval.approved) }
            if let peer, let key = peer.audit { add(key, of: peer.province) }
        }
        for log in logs.logs { add(log.key, of: log.owner) }
    }

    private mutating func add(_ terms: KeyTrust, _ approved: Approvable) {
        guard let place = signing.firstIndex(where: { $0.terms.owner == terms.owner && $0.terms.key == terms.key })
        else { return signing.append(Key(terms: terms, approved: approved)) }
        signing[place].terms = terms
    }

    private mutating func add(_ key: NoteVerifierKey, of owner: Province) {
        if audit[owner]?.contains(key) != true { audit[owner, default: []].append(key) }
    }

    /// The keys of the logs that a peer has or had.
    func logs(of peer: Province) -> [NoteVerifierKey] { audit[peer] ?? [] }
}
