import Exchange
import Interchange
import Logging
import Synchronization

/// Tells the operator of a key that a peer announces and that the configuration does not have: once. It verifies nothing until
/// it is configured.
final class PendingKeyNotice: Sendable {
    private let keys: KeyDirectory
    private let logger: Logger
    private let told = Mutex<Set<String>>([])

    init(keys: KeyDirectory, logger: Logger) {
        self.keys = keys
        self.logger = logger
    }

    func notice(peer: Province, stated: Capabilities) {
        for entry in stated.keys where keys[peer]?[entry.key.keyID] == nil {
            guard told.withLock({ $0.insert("\(peer) \(entry.key.keyID)").inserted }) else { continue }
            logger.warning(
                "a peer announces a signing key that is not in force here: it is pending",
                metadata: ["peer": "\(peer)", "key": "\(entry.key.keyID)"])
        }
    }
}
