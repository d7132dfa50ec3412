import AuditLog
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
    /// - Throws: ``StoreError``, ``GatewayError``.
    func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer
}

/// What operators' actions work on.
public struct OperatorDesk: Sendable {
    public let store: any Store
    public let mappings: MappingLibrary
    public let context: TransformContext
    public let clock: WallClock
    public let keeping: Keeping?

    public init(
        store: any Store, mappings: MappingLibrary, context: TransformContext, clock: @escaping WallClock,
        keeping: Keeping? = nil
    ) {
        self.store = store
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
            context: TransformContext(gateway: configuration.province, recordKey: keys.record, clock: clock),
            clock: clock, keeping: Keeping(configuration, keys: keys, store: store))
    }
}

/// The actions, by name, as a listener serves them.
struct ActionTable: Sendable {
    typealias Perform = @Sendable (Data, OperatorDesk, AuditActor) async throws -> Data

    private var actions: [String: Perform] = [:]

    /// Every action that there is.
    static let all: ActionTable = {
        var table = ActionTable()
        table.add(ViewQuarantined.self)
        table.add(RepairQuarantined.self)
        table.add(ReplayQuarantined.self)
        table.add(DiscardQuarantined.self)
        table.add(MakeBackup.self)
        table.add(ReplaceWrappingKey.self)
        return table
    }()

    private mutating func add<Action: OperatorAction>(_ type: Action.Type) {
        actions[Action.name] = { body, desk, actor in
            let action = try JSONDecoder().decode(Action.self, from: body)
            return try JSONEncoder().encode(try await action.perform(at: desk, by: actor))
        }
    }

    subscript(_ name: String) -> Perform? { actions[name] }
}
