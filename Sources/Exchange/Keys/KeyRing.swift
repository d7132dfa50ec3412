import Interchange

/// When a key may sign.
public struct KeyValidity: Sendable, Hashable {
    /// How long after ``until`` a signature still verifies: 24 hours, for what was on its way at a rotation.
    public static let graceMilliseconds: Int64 = 24 * 3600 * 1000

    public var from: Instant
    /// Nil while no end is set.
    public var until: Instant?

    public init(from: Instant, until: Instant? = nil) {
        self.from = from
        self.until = until
    }

    /// Whether a signature made then verifies.
    public func covers(_ created: Instant) -> Bool {
        guard created >= from else { return false }
        return until.map { created <= $0.adding(milliseconds: Self.graceMilliseconds) } ?? true
    }

    /// Whether a sender picks the key at this time.
    public func allowsSigning(at now: Instant) -> Bool {
        now >= from && (until.map { now <= $0 } ?? true)
    }
}

/// The signing keys of one province.
public struct KeyRing: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public let key: VerificationKey
        public var validity: KeyValidity

        public init(_ key: VerificationKey, _ validity: KeyValidity) {
            self.key = key
            self.validity = validity
        }
    }

    public let owner: Province
    public private(set) var entries: [Entry]

    public init(owner: Province, _ entries: [Entry] = []) {
        self.owner = owner
        self.entries = entries
    }

    public subscript(keyID: String) -> Entry? { entries.first { $0.key.keyID == keyID } }

    public mutating func add(_ key: VerificationKey, _ validity: KeyValidity) {
        entries.removeAll { $0.key == key }
        entries.append(Entry(key, validity))
    }

    /// The key that verifies a signature made then.
    /// - Throws: `WireError` `SIGNATURE_INVALID` for a key that is not here or was not in force.
    public func key(_ keyID: String, signedAt created: Instant) throws(WireError) -> VerificationKey {
        guard let entry = self[keyID] else { throw WireError(.signatureInvalid, "The key is not one of the peer's.") }
        guard entry.validity.covers(created) else {
            throw WireError(.signatureInvalid, "The key was not in force when the signature was made.")
        }
        return entry.key
    }
}

/// The key rings of every configured peer.
public struct KeyDirectory: Sendable, Hashable {
    private var rings: [Province: KeyRing]

    public init(_ rings: [KeyRing]) {
        self.rings = Dictionary(rings.map { ($0.owner, $0) }, uniquingKeysWith: { _, last in last })
    }

    public subscript(peer: Province) -> KeyRing? { rings[peer] }

    /// The key that verifies a signature of this peer made then. It is looked up only among the peer's own keys.
    /// - Throws: `WireError`: `PEER_UNKNOWN`; `IDENTITY_MISMATCH` for another peer's key; `SIGNATURE_INVALID` for a key that
    ///   nobody has or that was not in force.
    public func key(_ keyID: String, of peer: Province, signedAt created: Instant) throws(WireError) -> VerificationKey
    {
        guard let ring = rings[peer] else { throw WireError(.peerUnknown, "The province is not a configured peer.") }
        if ring[keyID] == nil, rings.values.contains(where: { $0[keyID] != nil }) {
            throw WireError(.identityMismatch, "The signing key is not the key of the TLS identity.")
        }
        return try ring.key(keyID, signedAt: created)
    }
}
