import AuditLog
import Exchange
import Foundation
import Interchange
import Mapping
import Store

/// One thing that an operator can have done. The daemon does it when it runs, else the command itself, on the same store:
/// both through ``perform(at:by:)``.
public protocol OperatorAction: Codable, Sendable {
    associatedtype Answer: Codable & Sendable
    /// The last part of its path, `/v1/operations/NAME`.
    static var name: String { get }
    /// Who may: an operator, unless the action says otherwise.
    static var role: CallerRole { get }
    /// Whether an auditor's certificate may have it done, too: it reads and changes nothing but the audit log's own account.
    static var isForAuditors: Bool { get }
    /// - Throws: ``StoreError``, ``GatewayError``.
    func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer
}

extension OperatorAction {
    public static var role: CallerRole { .operator }
    public static var isForAuditors: Bool { false }
}

/// What operators' actions work on.
public struct OperatorDesk: Sendable {
    public let store: any Store
    public let mappings: MappingLibrary
    public let context: TransformContext
    public let clock: WallClock
    /// Nil where no action on the audit log is asked for.
    public let audit: AuditDesk?
    public typealias Reconcile = @Sendable (Province) async throws -> ReconciliationStatement
    /// Reconciles with a peer now; nil where there are no peers.
    public let reconcile: Reconcile?
    /// Nil while no daemon runs: nobody can approve anything then.
    public var changes: (any ChangeDesk)?
    /// The daemon's lanes; nil for a command while no daemon runs.
    public var lanes: (any LaneControl)?
    public let keeping: Keeping?

    public init(
        store: any Store, mappings: MappingLibrary, context: TransformContext, clock: @escaping WallClock,
        audit: AuditDesk? = nil, reconcile: Reconcile? = nil, changes: (any ChangeDesk)? = nil,
        keeping: Keeping? = nil
    ) {
        self.audit = audit
        self.reconcile = reconcile
        self.store = store
        self.changes = changes
        self.mappings = mappings
        self.context = context
        self.clock = clock
        self.keeping = keeping
    }

    /// Opens a configuration's store, for a command while no daemon runs on it.
    public init(_ configuration: GatewayConfiguration, clock: @escaping WallClock) throws {
        let keys = try KeyMaterial(configuration)
        let store = try SQLiteStore(
            path: configuration.storePath, keys: keys.store, maximumPages: configuration.limits.databasePages)
        self.init(
            store: store,
            mappings: try MappingLibrary(folder: configuration.mappings),
            context: TransformContext(
                gateway: configuration.province, recordKey: keys.record, clock: clock,
                codeLists: try CodeLists.standard(adding: configuration.divisionsExtra)),
            clock: clock,
            audit: AuditDesk(configuration, keys, store) { province in
                configuration.peers.first { $0.province == province }.flatMap { peer in
                    try? CurlClient(TransportCredentials(listener: configuration.exchange, peer: peer))
                }
            },
            reconcile: Reconciler.onDemand(configuration, keys, store: store, clock: clock),
            keeping: Keeping(configuration, keys: keys, store: store))
    }
}

/// The actions, by name, as a listener serves them.
struct ActionTable: Sendable {
    typealias Perform = @Sendable (Data, OperatorDesk, AuditActor) async throws -> Data

    private var actions: [String: Perform] = [:]
    private var roles: [String: Set<CallerRole>] = [:]

    /// Every action that there is.
    static let all: ActionTable = {
        var table = ActionTable()
        table.add(ViewQuarantined.self)
        table.add(RepairQuarantined.self)
        table.add(ReplayQuarantined.self)
        table.add(DiscardQuarantined.self)
        table.add(ReadAudit.self)
        table.add(ReadAccessLog.self)
        table.add(EnterReplay.self)
        table.add(EnterVerification.self)
        table.add(SignCheckpoint.self)
        table.add(MakeEvidence.self)
        table.add(RemoveArchived.self)
        table.add(ListSamples.self)
        table.add(JudgeSample.self)
        table.add(ProtectPerson.self)
        table.add(ReconcileNow.self)
        table.add(ApproveChange.self)
        table.add(RetryDeliveries.self)
        table.add(ReplayDeliveries.self)
        table.add(RepairDelivery.self)
        table.add(CancelDelivery.self)
        table.add(DiscardDeliveries.self)
        table.add(MakeBackup.self)
        table.add(ReplaceWrappingKey.self)
        return table
    }()

    private mutating func add<Action: OperatorAction>(_ type: Action.Type) {
        roles[Action.name] = Action.isForAuditors ? [Action.role, .auditor] : [Action.role]
        actions[Action.name] = { body, desk, actor in
            let action = try JSONDecoder().decode(Action.self, from: body)
            return try JSONEncoder().encode(try await action.perform(at: desk, by: actor))
        }
    }

    subscript(_ name: String) -> Perform? { actions[name] }

    /// Whether a caller in this role may have the action done.
    func isAllowed(_ name: String, to role: CallerRole) -> Bool { roles[name]?.contains(role) ?? false }
}
