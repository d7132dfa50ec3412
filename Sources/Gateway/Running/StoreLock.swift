import Foundation

/// Held by the one process that appends to a store's audit log; the system gives it back when the process ends, however.
public struct StoreLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: ``GatewayError`` `inUse` when another process holds it.
    public init(store path: String) throws {
        descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw GatewayError(
                .file, "the store's folder cannot be written: \(path)", remedy: "check its owner and mode")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw GatewayError(.inUse, "another gateway runs on this store", remedy: "stop it first")
        }
    }

    deinit { close(descriptor) }
}
