import AuditLog
import Interchange
import Store

/// What the desk can do to the daemon's lanes; nil while no daemon runs.
public protocol LaneControl: Sendable {
    /// Closes the lane's circuit, so that what waits is tried at once.
    func reset(_ peer: Province) async
}

extension DeliveryChoice {
    /// - Throws: ``GatewayError`` when it is not clear what is meant.
    init(ids: [String], peer: String?) throws {
        if let peer {
            guard let province = Province(peer), ids.isEmpty else {
                throw GatewayError(.mistakes, "neither ids nor a province", remedy: "give ids, or one peer")
            }
            self = .peer(province)
            return
        }
        self = .ids(try ids.map(MessageID.init(operator:)))
    }
}

extension MessageID {
    init(operator text: String) throws {
        guard let id = MessageID(text) else {
            throw GatewayError(
                .mistakes, "that is not the id of a batch or an envelope", remedy: "see `yizhan queue list`")
        }
        self = id
    }
}

/// Deliveries are tried now.
public struct RetryDeliveries: OperatorAction {
    public static let name = "queue-retry"
    public var ids: [String]
    public var peer: String?

    public init(ids: [String], peer: String?) {
        self.ids = ids
        self.peer = peer
    }

    public struct Answer: Codable, Sendable {
        /// Deliveries that are due now and were not before.
        public var due: Int
        /// Peers whose lane was opened.
        public var peers: [String]
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let retried = try await desk.store.retry(DeliveryChoice(ids: ids, peer: peer), by: actor, at: desk.clock())
        for peer in retried.peers.sorted() { await desk.lanes?.reset(peer) }
        return Answer(due: retried.deliveries, peers: retried.peers.sorted().map(\.description))
    }
}

/// Dead letters go again as they are.
public struct ReplayDeliveries: OperatorAction {
    public static let name = "queue-replay"
    public var ids: [String]
    public var peer: String?

    public init(ids: [String], peer: String?) {
        self.ids = ids
        self.peer = peer
    }

    public struct Answer: Codable, Sendable {
        public var replayed: Int
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        Answer(
            replayed: try await desk.store.replay(DeliveryChoice(ids: ids, peer: peer), by: actor, at: desk.clock()))
    }
}

/// What is not delivered is withdrawn.
public struct CancelDelivery: OperatorAction {
    public static let name = "queue-cancel"
    public var id: String

    public init(id: String) { self.id = id }

    public struct Answer: Codable, Sendable {
        /// Envelopes withdrawn.
        public var cancelled: Int
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        Answer(
            cancelled: try await desk.store.cancel(MessageID(operator: id), by: actor, at: desk.clock()))
    }
}

/// Dead letters are given up.
public struct DiscardDeliveries: OperatorAction {
    public static let name = "queue-discard"
    public var ids: [String]
    /// One token, as the audit log has it.
    public var reason: String

    public init(ids: [String], reason: String) {
        self.ids = ids
        self.reason = reason
    }

    public struct Answer: Codable, Sendable {
        /// Envelopes given up.
        public var discarded: Int
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        Answer(
            discarded: try await desk.store.discard(
                ids.map(MessageID.init(operator:)), because: reason, by: actor, at: desk.clock()))
    }
}

/// A dead letter goes out again with values that a person changed: under a new id, as the next version.
public struct RepairDelivery: OperatorAction {
    public static let name = "queue-repair"
    public var id: String
    /// New values by JSON Pointer; an empty one takes the member away.
    public var values: [String: String]

    public init(id: String, values: [String: String]) {
        self.id = id
        self.values = values
    }

    public struct Answer: Codable, Sendable {
        public var superseded: String
        /// The id of the envelope in its place.
        public var envelope: String
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let envelope = try MessageID(operator: id)
        let now = desk.clock()
        let line = try await desk.store.deadLetterLine(envelope)
        let checker = EnvelopeChecker(
            codeLists: desk.context.codeLists, retentionCaps: desk.context.retentionCaps,
            stricter: desk.context.stricter)
        let draft = try EnvelopeRepair(line: line).draft(changing: values, checker: checker, at: now)
        let issued = try await desk.store.repair(envelope, with: draft, by: actor, at: now)
        return Answer(superseded: envelope.description, envelope: issued.description)
    }
}
