import AuditLog
import GRDB
import Interchange

/// One act of an operator on deliveries, within one transaction.
struct QueueOperation {
    let actor: AuditActor
    let at: Instant
    let keys: StoreKeys
    /// Peers whose deliveries it touched.
    var peers: Set<Province> = []

    init(actor: AuditActor, at: Instant, keys: StoreKeys) {
        self.actor = actor
        self.at = at
        self.keys = keys
    }

    static func missing(_ id: MessageID, _ what: String) -> StoreError {
        StoreError(.notFound, "\(id) is not the id of \(what)", remedy: "see `yizhan queue list`")
    }

    static func unfit(_ id: MessageID, _ why: String, _ remedy: String) -> StoreError {
        StoreError(.invalid, "\(id) \(why)", remedy: remedy)
    }

    func alerts(in transaction: borrowing Transaction) throws -> [Alert] {
        var alerts: [Alert] = []
        for peer in peers.sorted() {
            alerts += try Alerts.countDeadLetters(of: peer, at: at, in: transaction.database)
        }
        return alerts
    }

    mutating func enter(
        _ event: AuditEvent, object: Digest256, batch: MessageID? = nil, of peer: Province, reason: String? = nil,
        in transaction: borrowing Transaction
    ) throws {
        var act = Act(event, actor: actor, at: at, object: object, batch: batch, details: [.peer: peer.description])
        act.details[.reason] = reason
        try transaction.tail.append(act, subject: nil)
        peers.insert(peer)
    }
}
