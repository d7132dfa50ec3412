import Exchange
import Interchange
import Synchronization

/// Nonces of verified requests, for as long as their signatures could be taken again. What has an effect keeps its nonce in the
/// transaction of the effect, too; this memory is for what has none, and ends with the process.
final class NonceMemory: Sendable {
    /// Longer than any signature is accepted: its lifetime and the tolerance at both ends, in seconds.
    static let seconds = SignatureProfile.maximumLifetimeSeconds + 2 * SignatureProfile.clockToleranceSeconds
    /// The most nonces of one peer that are remembered; beyond it the peer is asked to wait.
    static let maximumPerPeer = 65_536

    private let used = Mutex<[Province: [String: Instant]]>([:])

    /// - Throws: `WireError`: `NONCE_REPLAYED`, or `BUSY` when the peer has used too many in the window.
    func enter(_ nonce: String, of peer: Province, at now: Instant) throws(WireError) {
        let refusal = used.withLock { used -> WireError? in
            var nonces = used[peer] ?? [:]
            used[peer] = nil  // So that the table below is not copied.
            defer { used[peer] = nonces }
            if let until = nonces[nonce], until > now {
                return WireError(.nonceReplayed, "The nonce was used before; sign anew.")
            }
            if nonces.count >= Self.maximumPerPeer { nonces = nonces.filter { $0.value > now } }
            guard nonces.count < Self.maximumPerPeer else {
                return WireError(.busy, "Too many requests in a short time.", retryAfterSeconds: 60)
            }
            nonces[nonce] = now.adding(seconds: Self.seconds)
            return nil
        }
        if let refusal { throw refusal }
    }
}
