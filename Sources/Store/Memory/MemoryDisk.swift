import Synchronization

/// What a ``MemoryStore`` keeps when it is closed or its province dies: everything that a verb made durable.
public final class MemoryDisk: Sendable {
    let state: Mutex<MemoryState>

    /// - Parameter generator: gives ids, salts and nonces; one with a seed makes every run the same.
    public init(generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        state = Mutex(MemoryState(generator: generator))
    }
}
