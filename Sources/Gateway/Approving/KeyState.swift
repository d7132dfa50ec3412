import Exchange
import Interchange
import Store

/// A signing key as `yizhan keys list` shows it.
public struct KeyState: Codable, Sendable {
    public enum State: String, Codable, Sendable {
        /// Waits for two persons here.
        case pending
        /// Its time has not come.
        case future
        /// In force. Of our own: no peer gets messages signed with it yet, or any more.
        case ready
        /// Ours: messages to some peer are signed with it. A peer's: what it signs now verifies.
        case inUse
        /// It signs no more; what it signed verifies, for 24 hours as a message and for ever as evidence.
        case ended
    }

    public var province: String
    public var isOwn: Bool
    /// The thumbprint.
    public var id: String
    public var algorithm: String
    public var from: String
    public var until: String?
    public var state: State
    /// Of our own keys: the peers that said that they take it.
    public var listedBy: [String]

    private init(_ terms: KeyTrust, isOwn: Bool, state: State, listedBy: [Province] = []) {
        province = terms.owner.description
        self.isOwn = isOwn
        (id, algorithm) = (terms.key.keyID, terms.key.algorithm.rawValue)
        from = terms.validity.from.description
        until = terms.validity.until?.description
        self.state = state
        self.listedBy = listedBy.map(\.description)
    }

    /// Ours, then the peers', oldest first.
    public static func all(_ view: ChangeView, at now: Instant) -> [KeyState] {
        own(view, at: now) + peers(view, at: now)
    }

    private static func own(_ view: ChangeView, at now: Instant) -> [KeyState] {
        let keys = view.inForce.keys.signingKeys
        let listed = Dictionary(view.known.map { ($0.peer, $0.ids) }, uniquingKeysWith: { $1 })
        let peers = view.inForce.configuration.peers.map(\.province)
        let used = Set(
            peers.isEmpty
                ? [keys.key(knownKeys: nil, at: now).keyID]
                : peers.map { keys.key(knownKeys: listed[$0], at: now).keyID })
        return view.configured.keys.signingKeys.files.map { file in
            let id = file.key.keyID
            let inForce = keys[id]
            let terms = KeyTrust(
                owner: view.configured.configuration.province, key: file.key.verificationKey,
                validity: inForce?.validity ?? file.validity)
            let state: State =
                inForce == nil ? .pending : used.contains(id) ? .inUse : time(terms.validity, now) ?? .ready
            return KeyState(
                terms, isOwn: true, state: state,
                listedBy: peers.filter { listed[$0]?.contains(id) ?? false })
        }
    }

    private static func peers(_ view: ChangeView, at now: Instant) -> [KeyState] {
        let inForce = view.reckoning.peers.flatMap { peer in
            peer.keys.sorted { $0.validity.from < $1.validity.from }.map {
                KeyState($0, isOwn: false, state: time($0.validity, now) ?? .inUse)
            }
        }
        let waiting = view.pending.flatMap { change -> [KeyTrust] in
            PeerTrust(change.approvable)?.keys ?? KeyTrust(change.approvable).map { [$0] } ?? []
        }
        let shown = Set(inForce.map(\.id)).union(view.configured.keys.signingKeys.files.map(\.key.keyID))
        return inForce
            + waiting.filter { !shown.contains($0.key.keyID) }.map { KeyState($0, isOwn: false, state: .pending) }
    }

    /// What the clock alone says of a key; nil within its time.
    private static func time(_ validity: KeyValidity, _ now: Instant) -> State? {
        if now < validity.from { return .future }
        return validity.allowsSigning(at: now) ? nil : .ended
    }
}
