import AuditLog
import Interchange

/// What one line of the queue is.
public enum DeliveryUnit: String, Sendable, Hashable {
    /// Envelopes that were formed into a batch: sent, received and settled together.
    case batch
    /// One envelope that needs a line of its own: parked, refused, or taken out of its batch.
    case envelope
    /// Envelopes that were accepted and are in no batch yet.
    case segment
}

/// What a peer's signed receipt found wrong with an envelope. The peer wrote it: only what looks like a code and a place is kept.
public struct PeerFinding: Sendable, Hashable {
    public var code: String
    /// JSON Pointer (RFC 6901); empty when the peer's did not look like one.
    public var pointer: String

    public init(code: String, pointer: String) {
        self.code = code
        self.pointer = pointer
    }
}

/// A delivery by its id, whatever became of it.
public struct DeliveryDetail: Sendable {
    /// Its `state` may also be `offered` (in a batch), `delivered`, `closed`, `cancelled`, `discarded`, `superseded`.
    public var summary: DeliverySummary
    /// In line order; one for an envelope.
    public var envelopes: [EnvelopeReference]
    public var findings: [PeerFinding]
    /// The batch in which an envelope is, or was last.
    public var inBatch: MessageID?
    public var settledAt: Instant?
}

/// Which deliveries an operator means.
public enum DeliveryChoice: Sendable, Hashable {
    /// Batches and envelopes by their ids, at most ``StoreLimits/chosenDeliveries``.
    case ids([MessageID])
    /// All of a peer that the act fits.
    case peer(Province)
}

/// A lane whose circuit is open, as the daemon last said.
public struct LaneCondition: Sendable, Hashable {
    public var peer: Province
    /// `circuitOpen`, or `operator` when the peer refuses our identity.
    public var blockedOn: String
    public var since: Instant
    /// When the next probe may go.
    public var until: Instant
    public var detail: String

    public init(peer: Province, blockedOn: String, since: Instant, until: Instant, detail: String) {
        self.peer = peer
        self.blockedOn = blockedOn
        self.since = since
        self.until = until
        self.detail = detail
    }
}

/// Something that an operator is told once when it begins and once when it ends, however many records it touches.
public struct Alert: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case circuitOpen, identityRefused, deadLetters, backlogOld
        /// The peer has another batch under an id of ours. It ends with the next receipt.
        case batchRefused
    }

    public var kind: Kind
    public var peer: Province
    public var since: Instant
    /// Nil while it lasts.
    public var until: Instant?
}

/// Reading the queue, without the content of an envelope.
public protocol QueueReading: Sendable {
    /// Oldest kind first: what is in no batch, batches, single envelopes. Delivered ones are not among them.
    func deliveries(peer: Province?, limit: Int) async throws -> [DeliverySummary]
    /// - Parameter id: of a batch or an envelope.
    func delivery(_ id: MessageID) async throws -> DeliveryDetail?
    func openLanes() async throws -> [LaneCondition]
    /// Newest first.
    /// - Parameter isOver: whether those that have ended are wanted too.
    func alerts(withEnded isOver: Bool, limit: Int) async throws -> [Alert]
}

/// What an operator does to deliveries: each act is one transaction with an entry of the audit log for each delivery.
public protocol DeliveryQueue: QueueReading {
    /// Makes waiting deliveries due now.
    /// - Returns: how many, and the peers that they are for.
    /// - Throws: ``StoreError`` `notFound`; `invalid` for one that does not wait.
    func retry(_ choice: DeliveryChoice, by actor: AuditActor, at now: Instant) async throws -> Retried
    /// Sets dead letters going again as they are: same id, same bytes. Their age begins anew.
    /// - Throws: ``StoreError`` `notFound`; `invalid` for one that is no dead letter.
    func replay(_ choice: DeliveryChoice, by actor: AuditActor, at now: Instant) async throws -> Int
    /// Withdraws what is not delivered. Of a batch of which one envelope is withdrawn the others go out in new batches.
    /// - Returns: envelopes withdrawn.
    /// - Throws: ``StoreError`` `notFound`; `invalid` while it is being sent, for a dead letter, and for what was delivered.
    func cancel(_ id: MessageID, by actor: AuditActor, at now: Instant) async throws -> Int
    /// Gives dead letters up.
    /// - Parameter reason: a token, as the audit log has it.
    /// - Returns: envelopes given up.
    func discard(_ ids: [MessageID], because reason: String, by actor: AuditActor, at now: Instant) async throws -> Int
    /// The line of a dead letter, for repairing it.
    /// - Throws: ``StoreError`` `notFound` when no such envelope is a dead letter; `invalid` when its content was erased.
    func deadLetterLine(_ envelope: MessageID) async throws -> [UInt8]
    /// Issues a repaired envelope in place of a dead letter: a new id, the next version. The old one is superseded.
    /// - Parameter draft: of the same record, judged by the caller.
    /// - Returns: the new envelope's id.
    /// - Throws: ``StoreError`` `notFound`; `invalid` when nothing was changed, the record differs, or a newer version is out.
    func repair(_ envelope: MessageID, with draft: Draft, by actor: AuditActor, at now: Instant) async throws
        -> MessageID
    /// What forbids to issue each draft, for what the store holds already; nil where nothing does.
    func objections(to drafts: [Draft]) async throws -> [RefusedRow.Reason?]

    /// Keeps that a lane's circuit is open, or with nil that it is closed, and the alert that goes with it.
    func keepLane(_ condition: LaneCondition?, of peer: Province, at now: Instant) async throws
    /// Begins the peer's alert that a batch was refused for its id.
    func noteRefusedBatch(of peer: Province, at now: Instant) async throws
    /// Begins and ends the alert of each peer whose oldest waiting envelope was accepted before `bound`.
    func watchBacklog(acceptedBefore bound: Instant, at now: Instant) async throws
    /// Called after the commit in which alerts began or ended.
    func onAlert(_ notify: @Sendable @escaping ([Alert]) -> Void)
}

/// What a retry set going.
public struct Retried: Sendable, Hashable {
    public var deliveries: Int
    public var peers: Set<Province>

    public init(deliveries: Int, peers: Set<Province>) {
        self.deliveries = deliveries
        self.peers = peers
    }
}
