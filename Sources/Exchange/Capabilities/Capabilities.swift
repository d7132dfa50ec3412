import Interchange

/// What a gateway says of itself: what it takes, with which keys it signs, and what it holds of other logs.
public struct Capabilities: Sendable, Hashable {
    public static let contentType = "application/json"
    /// The interchange versions of this implementation.
    public static let ownInterchange = ["1.0"]

    /// What one batch to it may hold.
    public struct Limits: Sendable, Hashable {
        public var envelopes: Int
        /// Decoded.
        public var bytes: Int

        public init(envelopes: Int, bytes: Int) {
            self.envelopes = envelopes
            self.bytes = bytes
        }
    }

    /// The audit log by its origin and the key of its checkpoints, `name+hash+base64` (C2SP signed-note).
    public struct Log: Sendable, Hashable {
        public var origin: String
        public var key: String

        public init(origin: String, key: String) {
            self.origin = origin
            self.key = key
        }
    }

    /// `major.minor`.
    public var interchange: [String]
    /// Content encodings beside none; names that this version does not know are kept.
    public var encodings: [String]
    public var limits: Limits
    /// With which it signs, each with its validity.
    public var keys: [KeyRing.Entry]
    /// Thumbprints of the caller's keys that are in force there.
    public var knownKeys: [String]
    public var audit: Log
    /// The newest checkpoint that it holds of each other log, by origin: signed notes.
    public var checkpoints: [String: String]

    public init(
        interchange: [String] = ownInterchange,
        encodings: [String] = ContentEncoding.preferred.map(\.rawValue).sorted(), limits: Limits,
        keys: [KeyRing.Entry], knownKeys: [String], audit: Log, checkpoints: [String: String] = [:]
    ) {
        self.interchange = interchange
        self.encodings = encodings
        self.limits = limits
        self.keys = keys
        self.knownKeys = knownKeys
        self.audit = audit
        self.checkpoints = checkpoints
    }
}

extension Capabilities {
    /// Whether it reads what this implementation writes: the same major version.
    public var sharesInterchange: Bool {
        func major(_ version: String) -> Substring { version.prefix { $0 != "." } }
        return interchange.contains { theirs in Self.ownInterchange.contains { major($0) == major(theirs) } }
    }

    /// The best encoding that it takes; none when it takes neither of ours.
    public var encoding: ContentEncoding {
        ContentEncoding.preferred.first { encodings.contains($0.rawValue) } ?? .identity
    }

    public func takes(_ encoding: ContentEncoding) -> Bool {
        encoding == .identity || encodings.contains(encoding.rawValue)
    }
}

extension KeyRing {
    /// The thumbprints of the keys with which the owner may sign now.
    public func inForce(at now: Instant) -> [String] {
        entries.filter { $0.validity.allowsSigning(at: now) }.map(\.key.keyID)
    }
}
