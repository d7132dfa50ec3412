import AuditLog
import Interchange
import Store

/// What keeps the store's content no longer than it may be kept, and copies of it in case it is lost: all that the daily service
/// and the operators' commands work on.
public struct Keeping: Sendable {
    public let store: any Store
    public let keys: StoreKeys
    public let file: WrappingKeyFile
    public let limits: KeepingLimits
    /// Of the gateway: what a backup says that it is of.
    public let province: Province
    public let origin: String
    /// The audit log's key, with which checkpoints of it verify.
    public let auditKey: NoteVerifierKey

    public init(_ configuration: GatewayConfiguration, keys: KeyMaterial, store: any Store) {
        self.store = store
        self.keys = keys.store
        file = WrappingKeyFile(configuration.keys.wrapping)
        limits = configuration.keeping
        province = configuration.province
        origin = configuration.origin
        auditKey = keys.audit.verifierKey
    }

    static let actor = AuditActor(organisation: "gateway")

    /// This version, as it is entered.
    static let version = "0.1.0"
}

extension OperatorDesk {
    /// - Throws: ``GatewayError`` on a desk that was set up without.
    func requireKeeping() throws -> Keeping {
        guard let keeping else {
            throw GatewayError(.mistakes, "keys and backups are not at hand here", remedy: "report this as a defect")
        }
        return keeping
    }
}
