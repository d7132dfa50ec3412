import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange
import Store

/// Has an operator's action done: by the daemon when one runs on the store, else here, on the store itself.
struct OperatorChannel {
    private let configuration: GatewayConfiguration
    private let identity: String?

    /// - Parameter identity: path of the operator's certificate and key, without `.pem` and `.key`; by default
    ///   `tls/operator-op1` beside the configuration, or `tls/supervisor-sv1` for what is a supervisor's.
    init(_ configuration: GatewayConfiguration, identity: String?) {
        self.configuration = configuration
        self.identity = identity
    }

    /// - Throws: ``GatewayError``, ``StoreError``, `RefusedByGateway`.
    func perform<Action: OperatorAction>(
        _ action: Action, timeout: Duration = .seconds(600)
    ) async throws -> Action.Answer {
        let lock: StoreLock
        do { lock = try StoreLock(store: configuration.storePath) } catch let error as GatewayError
            where error.code == .inUse
        {
            return try await ask(action, timeout)
        }
        let desk = try OperatorDesk(configuration, clock: { Instant.now() })
        // Who sits at the machine itself, with the right to open the store.
        let actor = AuditActor(
            organisation: "urn:yizhan:\(Action.role.rawValue):\(configuration.province):local")
        do {
            let answer = try await action.perform(at: desk, by: actor)
            await desk.store.close()
            withExtendedLifetime(lock) {}
            return answer
        } catch {
            await desk.store.close()
            throw error
        }
    }

    /// As ``perform(_:timeout:)``, by the daemon alone.
    /// - Returns: nil when none runs on the store; nothing is done then.
    func performIfServed<Action: OperatorAction>(_ action: Action) async throws -> Action.Answer? {
        do { _ = try StoreLock(store: configuration.storePath) } catch let error as GatewayError
            where error.code == .inUse
        {
            return try await ask(action, .seconds(30))
        }
        return nil
    }

    private func ask<Action: OperatorAction>(_ action: Action, _ timeout: Duration) async throws -> Action.Answer {
        let usual = Action.role == .supervisor ? "supervisor-sv1" : "operator-op1"
        let client = try LocalClient(
            listener: configuration.operations, identity: identity ?? "\(configuration.folder)/tls/\(usual)")
        let answer = try await client.post(
            "/v1/operations/\(Action.name)", Array(try JSONEncoder().encode(action)), contentType: "application/json",
            timeout: timeout)
        guard answer.status == 200 else { throw answer.failure }
        return try JSONDecoder().decode(Action.Answer.self, from: Data(answer.content))
    }
}
