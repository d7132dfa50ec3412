/// Why a request got no answer. Nothing is known of whether the peer acted on it.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case invalidRequest
        case nameNotResolved
        case notConnected
        case tlsFailed
        /// The peer's certificate is not by the pinned CA, not in its validity, or not for the host.
        case peerNotTrusted
        case timedOut
        /// Less than a byte a second for the stall timeout.
        case stalled
        /// The connection ended before the whole answer was there.
        case connectionLost
        case responseTooLarge
        case responseMalformed
        case cancelled
        /// The client was shut down.
        case closed
        case failed
    }

    public let code: Code
    /// What happened, in English.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What a person can do about it.
    public var remedy: String {
        switch code {
        case .invalidRequest: "Correct the peer's address in the configuration."
        case .nameNotResolved: "Check the peer's host name and the resolver."
        case .notConnected: "Check the peer's address and port, the route and the firewalls."
        case .tlsFailed: "Check both certificates; a peer that refuses ours shows up here too."
        case .peerNotTrusted: "Check the pinned CA and that the peer's certificate is in force and names its host."
        case .timedOut, .stalled, .connectionLost: "It is tried again; look at the network and at the peer if it lasts."
        case .responseTooLarge, .responseMalformed: "What answers is not a gateway, or not one of this version."
        case .cancelled, .closed: "Nothing: it is tried again after the start."
        case .failed: "Look at the message; report it if it does not explain itself."
        }
    }

    /// Whether the same request may succeed later with nothing changed here.
    public var isRetryable: Bool { code != .invalidRequest }

    public var description: String { "\(code.rawValue): \(message)" }
}
