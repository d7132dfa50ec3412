import Exchange
import Interchange
import Logging
import ServiceLifecycle
import Store

/// Carries what a peer says of itself to where it belongs: its signing keys, which of ours it takes, and what it holds of other
/// logs.
struct CapabilityNotes: Sendable {
    /// In force; a key that is not among them is pending and verifies nothing.
    let keys: KeyDirectory
    let store: any Store
    let listings: CheckpointListings
    let logger: Logger

    /// A store that cannot take it now is told again when the capabilities are read next.
    func note(_ stated: Capabilities, of peer: Province, at now: Instant) async {
        listings.add(stated.checkpoints, from: peer)
        do {
            try await store.noteKnownKeys(stated.knownKeys, of: peer, at: now)
            for entry in stated.keys where keys[peer]?[entry.key.keyID] == nil {
                let key = NoticedKey(
                    peer: peer, id: entry.key.keyID, jwk: entry.key.jwk, from: entry.validity.from,
                    until: entry.validity.until, seenAt: now)
                guard try await store.noteKey(key) else { continue }
                logger.warning(
                    "a peer announces a signing key that is not in force here: it is pending",
                    metadata: ["peer": "\(peer)", "key": "\(entry.key.keyID)"])
            }
        } catch {
            logger.error("a peer's keys not noted", metadata: ["peer": "\(peer)", "error": "\(error)"])
        }
    }
}

/// Checkpoints of other logs as peers list them, on their way to be compared: reading capabilities does not wait for that.
final class CheckpointListings: Sendable {
    /// The most that wait; then the oldest goes.
    static let maximum = 64

    typealias Listing = (peer: Province, notes: [String: [UInt8]])

    let listings: AsyncStream<Listing>
    private let adding: AsyncStream<Listing>.Continuation

    init() { (listings, adding) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.maximum)) }

    func add(_ notes: [String: String], from peer: Province) {
        if !notes.isEmpty { adding.yield((peer, notes.mapValues { Array($0.utf8) })) }
    }
}

/// Compares what peers list with what is held here, one listing after the other.
struct ListingService: Service {
    let listings: CheckpointListings
    let comparison: @Sendable () -> LogComparison

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await listing in listings.listings {
                await comparison().compare(listing.notes, from: listing.peer)
            }
        }
    }
}
