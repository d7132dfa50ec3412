import AuditLog
import Exchange
import Interchange
import Store

/// Asks peers for the newest checkpoint that they hold of this gateway's audit log, while no gateway runs: what a restore is held
/// against. Signed, over mutual TLS, by the peers' capabilities.
public struct CheckpointInquiry: Sendable {
    /// How long one answer may take.
    static let patience = Duration.seconds(15)

    private let configuration: GatewayConfiguration
    private let keys: KeyMaterial
    /// Which of our keys each peer said that it takes, by the store that is there; empty where none can be read.
    private let known: [Province: Set<String>]
    private let clock: WallClock
    /// A way to a peer, that is closed when nobody holds it any more.
    private let connect: @Sendable (GatewayConfiguration.Peer) throws -> any HTTPTransport

    /// - Throws: ``GatewayError`` `file` when a key cannot be read.
    public init(_ configuration: GatewayConfiguration, clock: @escaping WallClock) async throws {
        self.configuration = configuration
        self.clock = clock
        connect = { try CurlClient(TransportCredentials(listener: configuration.exchange, peer: $0)) }
        keys = try KeyMaterial(configuration)
        let listed = (try? await SQLiteReader(path: configuration.storePath).knownKeys()) ?? []
        known = Dictionary(listed.map { ($0.peer, $0.ids) }, uniquingKeysWith: { $1 })
    }

    public func word(of peer: GatewayConfiguration.Peer) async -> PeerWord {
        let client: any HTTPTransport
        do { client = try connect(peer) } catch { return .unreachable(because: "\(error)") }
        var word = PeerWord.unreachable(because: "none of our keys may sign now")
        for key in candidates(for: peer.province) {
            let (said, isKeyRefused) = await ask(peer, client, signing: key)
            word = said
            if !isKeyRefused { break }
        }
        return word
    }

    /// The key that the peer most likely takes first. It may be any: what peers said last was lost with the store.
    private func candidates(for peer: Province) -> [SigningKey] {
        let now = clock()
        let first = keys.signingKeys.key(knownKeys: known[peer], at: now)
        let others = keys.signingKeys.files.filter { $0.validity.allowsSigning(at: now) && $0.key.keyID != first.keyID }
        return [first] + others.map(\.key)
    }

    // Through the protocol: the optimiser of Swift 6.3.1 crashes where the client's `send` is inlined into this.
    private func ask(
        _ peer: GatewayConfiguration.Peer, _ client: any HTTPTransport, signing key: SigningKey
    ) async -> (word: PeerWord, isKeyRefused: Bool) {
        let caller = PeerCaller(signer: MessageSigner(key: key, clock: clock))
        guard let request = try? caller.capabilities(of: peer.address) else {
            return (.unreachable(because: "the question cannot be signed"), false)
        }
        let limits = TransportLimits(total: Self.patience, responseBytes: Capabilities.maximumBytes)
        let response: TransportResponse
        do {
            response = try await client.send(request.transportRequest(limits: limits))
        } catch {
            return (.unreachable(because: "\(error.code.rawValue): \(error.message)"), false)
        }
        switch AnswerJudge(keys: peer.keys, now: clock()).capabilities(response, to: request) {
        case .value(let stated): return (word(in: stated), false)
        case .refused(let refusal):
            let said = "it refuses: \(refusal.problem.status) \(refusal.problem.code)"
            return (.unreachable(because: said), [401, 403].contains(refusal.problem.status))
        case .unverified(let answer):
            return (.unreachable(because: "its answer does not verify: \(answer.reason)"), false)
        }
    }

    private func word(in stated: Capabilities) -> PeerWord {
        guard let note = stated.checkpoints[configuration.origin] else { return .holdsNone }
        let bytes = Array(note.utf8)
        // What others signed says nothing of this log, and must not stand in the way of a restore.
        guard (try? Checkpoint.open(bytes, keys: [keys.audit.verifierKey], origin: configuration.origin)) != nil else {
            return .unreachable(because: "what it holds is not signed by this log's key")
        }
        return .holds(bytes)
    }
}
