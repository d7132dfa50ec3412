import Exchange
import Interchange
import Synchronization

/// What each peer last said of itself under its signature.
final class PeerBook: Sendable {
    private let pages = Mutex<[Province: Capabilities]>([:])

    func capabilities(of peer: Province) -> Capabilities? { pages.withLock { $0[peer] } }

    func keep(_ capabilities: Capabilities, of peer: Province) { pages.withLock { $0[peer] = capabilities } }
}

/// Signs to each peer with a key that it knows.
struct ExchangeSigning: Sendable {
    let keys: any SigningKeySource
    let book: PeerBook
    /// Which of our keys each peer said that it takes, before this start too.
    var known: [Province: Set<String>] = [:]
    let clock: WallClock

    /// - Parameter peer: nil for a caller that is no peer.
    func signer(for peer: Province?) -> MessageSigner {
        let known = peer.flatMap { peer in
            book.capabilities(of: peer).map { Set($0.knownKeys) } ?? self.known[peer]
        }
        return MessageSigner(key: keys.key(knownKeys: known, at: clock()), clock: clock)
    }
}
