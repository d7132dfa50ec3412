import ServiceLifecycle
import Store

/// Ends the gateway when the disk failed under its store: until it is started again, and the store verified, nothing can be written,
/// and nothing that is read can be told to anybody, since it may not be on the disk.
struct StoreWatch: Service {
    let store: any Store

    /// - Throws: ``StoreError`` `broken`.
    func run() async throws {
        let (broken, tell) = AsyncStream.makeStream(of: StoreError.self)
        store.onBroken { tell.yield($0) }
        for await failure in broken.cancelOnGracefulShutdown() { throw failure }
    }
}
