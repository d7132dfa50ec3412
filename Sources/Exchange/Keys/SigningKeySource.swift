import Interchange

/// Where a gateway's own signing keys come from.
public protocol SigningKeySource: Sendable {
    /// The key that signs to a peer now: the newest in force that the peer lists.
    /// - Parameter knownKeys: thumbprints that the peer listed in its capabilities; nil while none were read.
    func key(knownKeys: Set<String>?, at now: Instant) -> SigningKey
    /// The public halves with their validity, for capabilities.
    func published(at now: Instant) -> [KeyRing.Entry]
}

/// A gateway with one signing key, without an end.
public struct OneSigningKey: SigningKeySource {
    private let key: SigningKey

    public init(_ key: SigningKey) { self.key = key }

    public func key(knownKeys: Set<String>?, at now: Instant) -> SigningKey { key }

    public func published(at now: Instant) -> [KeyRing.Entry] {
        [KeyRing.Entry(key.verificationKey, KeyValidity(from: Instant(milliseconds: 0)))]
    }
}
