import AuditLog
import Interchange
import Store

/// What is in force and what waits, as a command sees it beside a running gateway: the files against the store. It changes
/// nothing.
public struct ChangeView: Sendable {
    /// What the files say.
    public let configured: Loaded
    /// What is in force, if the gateway has read the files by now.
    public let inForce: Loaded
    public let reckoning: Reckoning
    public let known: [KnownKeys]

    /// - Throws: what ``Loaded`` throws; ``StoreError``.
    public init(_ configuration: GatewayConfiguration, reader: some ApprovalReading & KeyNoticeReading) async throws {
        configured = try Loaded(configuration)
        let record = Reckoning.Record(
            try await reader.approvals(), try await reader.proposals(), try await reader.noticedKeys())
        reckoning = Reckoning(try ConfiguredTrust(configured), record)
        inForce = try configured.limited(to: reckoning)
        known = try await reader.knownKeys()
    }

    public var pending: [PendingChange] { reckoning.pending }

    public func change(_ digest: Digest256) -> PendingChange? { pending.first { $0.digest == digest } }
}
