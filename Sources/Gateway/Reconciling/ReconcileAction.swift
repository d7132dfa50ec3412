import AuditLog
import Exchange
import Interchange
import Store

/// A person asks for a reconciliation now.
public struct ReconcileNow: OperatorAction {
    public static let name = "reconcile"
    /// Two digits.
    public var peer: String

    public init(peer: Province) { self.peer = peer.description }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> ReconciliationStatement {
        guard let province = Province(peer) else {
            throw GatewayError(.mistakes, "no province has the digits given", remedy: "give two digits of GB/T 2260")
        }
        guard let reconcile = desk.reconcile else {
            throw GatewayError(.mistakes, "this desk has no peers", remedy: "report this as a defect")
        }
        return try await reconcile(province)
    }
}

extension Reconciler {
    /// For a command while no daemon runs on the store: a connection is made when it is asked for.
    static func onDemand(
        _ configuration: GatewayConfiguration, _ keys: KeyMaterial, store: any Store, clock: @escaping WallClock
    ) -> OperatorDesk.Reconcile {
        { peer in
            let lines = try configuration.peers.filter { $0.province == peer && $0.mode == .push }.map {
                Line(
                    peer: $0,
                    transport: try CurlClient(TransportCredentials(listener: configuration.exchange, peer: $0)))
            }
            let signer = MessageSigner(key: keys.signing, clock: clock)
            return try await Reconciler(
                province: configuration.province, lines: lines, store: store, signer: { _ in signer }, clock: clock
            ).reconcile(with: peer)
        }
    }
}
