import Interchange
import Store
import Synchronization

/// The reconciler that goes with what is in force: another one after each change of peers or keys.
final class CurrentReconciler: Sendable {
    private let held = Mutex<Reconciler?>(nil)

    var reconciler: Reconciler? { held.withLock { $0 } }

    func become(_ reconciler: Reconciler) { held.withLock { $0 = reconciler } }

    /// As ``Reconciler/reconcile(with:)``.
    func reconcile(with peer: Province) async throws -> ReconciliationStatement {
        guard let reconciler else {
            throw GatewayError(.mistakes, "the gateway is not running yet", remedy: "try again in a moment")
        }
        return try await reconciler.reconcile(with: peer)
    }
}
