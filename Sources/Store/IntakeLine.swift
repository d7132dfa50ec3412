import Interchange

import Synchronization

/// Chunks of one run on their way into a store, in order: while some are written, the next is prepared. The rows of one fact must not
/// overtake each other, so that a chunk is written after the one before it, and not at all when that failed.
public struct IntakeLine: Sendable {
    /// Chunks that are under way at most: those that are written or wait for the disk, and those that are prepared meanwhile.
    static let length = 7

    private let store: any DeliveryStore
    private var order = IntakeOrder()
    private var underWay: [Task<Acceptance, any Error>] = []
    /// The newest chunk's; one is prepared at a time, which is quicker than writing one and leaves the writer a core.
    private var prepared: Task<PreparedIntake, Never>?
    /// Ends when the newest chunk was handed to the store.
    private var newest: AsyncStream<Never>?

    public init(_ store: any DeliveryStore) { self.store = store }

    /// Puts a chunk in the line, and waits while it is full.
    /// - Returns: what became of the chunk that made room; nil when there was room.
    /// - Throws: ``StoreError``, what the store threw of a chunk before this one, which then is not accepted.
    public mutating func add(_ chunk: IntakeChunk) async throws -> Acceptance? {
        let done = underWay.count < Self.length ? nil : try await underWay.removeFirst().value
        let (handedOver, signal) = AsyncStream.makeStream(of: Never.self)
        let before = newest
        newest = handedOver
        let prepared = Task { [store, former = prepared] in
            _ = await former?.value
            return await store.prepare(chunk)
        }
        self.prepared = prepared
        underWay.append(
            Task { [store, order] in
                let prepared = await prepared.value
                if let before { for await _ in before {} }
                return try await withCheckedThrowingContinuation { continuation in
                    store.accept(prepared, in: order) { continuation.resume(with: $0) }
                    signal.finish()
                }
            })
        return done
    }

    /// Waits for the next chunk that is under way; nil when none is.
    /// - Throws: as ``add(_:)``.
    public mutating func next() async throws -> Acceptance? {
        underWay.isEmpty ? nil : try await underWay.removeFirst().value
    }

    /// Waits until nothing is under way, whatever becomes of it. Whoever gives up calls it first: a chunk that is still on its way must
    /// not come after what is given next.
    public mutating func end() async {
        while !underWay.isEmpty { _ = try? await underWay.removeFirst().value }
        order = IntakeOrder()
    }
}

/// A chunk with what an engine made of it beforehand.
public struct PreparedIntake: Sendable {
    public let chunk: IntakeChunk
    /// Nil of an engine that prepares nothing.
    var made: PreparedChunk?

    init(_ chunk: IntakeChunk, made: PreparedChunk? = nil) { (self.chunk, self.made) = (chunk, made) }
}

/// Chunks that follow each other into a store: after one that failed none is written.
public final class IntakeOrder: Sendable {
    private let failure = Mutex<(any Error)?>(nil)

    public init() {}

    /// - Throws: why one before failed.
    func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Call it before the store goes on to the next.
    func fail(_ error: any Error) { failure.withLock { $0 = $0 ?? error } }
}

extension DeliveryStore {
    /// Prepares and accepts a chunk.
    public func accept(_ chunk: IntakeChunk) async throws -> Acceptance {
        let prepared = await prepare(chunk)
        return try await withCheckedThrowingContinuation { continuation in
            accept(prepared, in: IntakeOrder()) { continuation.resume(with: $0) }
        }
    }
}
