import Interchange

/// A signing key that a peer announced in its capabilities. It verifies nothing until two persons here have approved it.
public struct NoticedKey: Sendable, Hashable {
    public var peer: Province
    /// The JWK thumbprint (RFC 7638).
    public var id: String
    /// The public key.
    public var jwk: String
    public var from: Instant
    public var until: Instant?
    /// When it was announced first.
    public var seenAt: Instant

    public init(peer: Province, id: String, jwk: String, from: Instant, until: Instant? = nil, seenAt: Instant) {
        self.peer = peer
        self.id = id
        self.jwk = jwk
        self.from = from
        self.until = until
        self.seenAt = seenAt
    }
}

/// Which of our keys a peer said, under its signature, that it takes.
public struct KnownKeys: Sendable, Hashable {
    public var peer: Province
    /// Thumbprints.
    public var ids: Set<String>
    public var at: Instant
}

public protocol KeyNoticeReading: Sendable {
    func noticedKeys() async throws -> [NoticedKey]
    /// A peer that never answered is not in the list.
    func knownKeys() async throws -> [KnownKeys]
}

/// What peers' capabilities say of keys. Call both with what a verified answer says.
public protocol KeyNotices: KeyNoticeReading {
    /// Keeps a key that a peer announced, until it is approved or the peer is closed. Nothing changes when it is kept already.
    /// The oldest goes when a peer has announced more than ``StoreLimits/noticedKeysPerPeer``.
    /// - Returns: whether it was new.
    @discardableResult
    func noteKey(_ key: NoticedKey) async throws -> Bool
    /// Keeps which of our keys the peer lists in `knownKeys`, in place of what it listed before.
    func noteKnownKeys(_ ids: [String], of peer: Province, at now: Instant) async throws
}

extension StoreLimits {
    /// How many announced keys of one peer wait for approval at most.
    public static let noticedKeysPerPeer = 16
    /// How many of our keys a peer may list.
    public static let knownKeysPerPeer = 64
}
