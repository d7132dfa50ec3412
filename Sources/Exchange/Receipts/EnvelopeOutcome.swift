import Interchange

/// A version of a record that the receiver holds.
public struct HeldVersion: Sendable, Hashable {
    public let version: Int
    /// Of the envelope that brought it.
    public let digest: ContentDigest

    public init(version: Int, digest: ContentDigest) {
        self.version = version
        self.digest = digest
    }
}

/// A violation as it stands in a receipt. A code that this version does not know is kept.
public struct ReceiptViolation: Sendable, Hashable {
    public let code: String
    /// JSON Pointer (RFC 6901) into the envelope.
    public let pointer: String

    public init(code: String, pointer: String) {
        self.code = code
        self.pointer = pointer
    }

    public init(_ violation: Violation) { self.init(code: violation.code.rawValue, pointer: violation.pointer) }

    public var knownCode: ViolationCode? { ViolationCode(rawValue: code) }
}

/// What the receiver did with an envelope.
public enum EnvelopeOutcome: Sendable, Hashable {
    /// The words on the wire.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case accepted, duplicate, stale, parked, rejected, conflict
    }

    /// An outcome as it is now of an envelope that was answered before.
    public struct Earlier: Sendable, Hashable {
        /// Never `duplicate`.
        public let outcome: Name
        /// Those of `rejected`; empty otherwise.
        public let violations: [ReceiptViolation]

        public init(_ outcome: Name, violations: [ReceiptViolation] = []) {
            self.outcome = outcome
            self.violations = violations
        }
    }

    /// Applied.
    case accepted
    /// This id with this digest was answered before.
    case duplicate(Earlier)
    /// A higher version is held.
    case stale(held: HeldVersion)
    /// What it refers to has not come yet.
    case parked
    case rejected([ReceiptViolation])
    /// Same id with another digest, or same record and version under another id.
    case conflict(held: HeldVersion)

    public var name: Name {
        switch self {
        case .accepted: .accepted
        case .duplicate: .duplicate
        case .stale: .stale
        case .parked: .parked
        case .rejected: .rejected
        case .conflict: .conflict
        }
    }
}
