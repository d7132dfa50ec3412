import Interchange

/// Chunks of one run on their way into a store, in order: while one is written, the next is prepared. The rows of one fact must not
/// overtake each other, so that a chunk is written when the one before it is durable, and not at all when that failed.
public struct IntakeLine: Sendable {
    /// Chunks that are under way at most: one is written, one is prepared or waits.
    static let length = 2

    private let store: any DeliveryStore
    private var underWay: [Task<Acceptance, any Error>] = []

    public init(_ store: any DeliveryStore) { self.store = store }

    /// Puts a chunk in the line, and waits while it is full.
    /// - Returns: what became of the chunk that made room; nil when there was room.
    /// - Throws: ``StoreError``, what the store threw of a chunk before this one, which then is not accepted.
    public mutating func add(_ chunk: IntakeChunk) async throws -> Acceptance? {
        let done = underWay.count < Self.length ? nil : try await underWay.removeFirst().value
        let prepared = Task { [store] in await store.prepare(chunk) }
        let before = underWay.last
        underWay.append(
            Task { [store] in
                _ = try await before?.value
                return try await store.accept(await prepared.value)
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
    }
}

/// A chunk with what an engine made of it beforehand.
public struct PreparedIntake: Sendable {
    public let chunk: IntakeChunk
    /// Nil of an engine that prepares nothing.
    var made: PreparedChunk?

    init(_ chunk: IntakeChunk, made: PreparedChunk? = nil) { (self.chunk, self.made) = (chunk, made) }
}

extension DeliveryStore {
    /// Prepares and accepts a chunk.
    public func accept(_ chunk: IntakeChunk) async throws -> Acceptance { try await accept(await prepare(chunk)) }
}
