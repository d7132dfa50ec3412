import AuditLog
import Interchange

/// Something that comes into force only when two persons have approved it.
public struct Approvable: Sendable, Hashable {
    public var subject: ChangeSubject
    /// What is approved, as text: the same for files that differ only in layout.
    public var form: String
    /// Enough to keep it in force when the files that it was read from say something else.
    public var content: [UInt8]

    public init(_ subject: ChangeSubject, form: String, content: [UInt8]) {
        self.subject = subject
        self.form = form
        self.content = content
    }

    /// SHA-256 of the form: what a person approves.
    public var digest: Digest256 { Digest256(hashing: Array(form.utf8)) }
}

/// What was approved last of a subject, and is in force.
public struct Approval: Sendable, Hashable {
    public var approved: Approvable
    /// Nil for the first of a store.
    public var proposer: String?
    /// Nil where one person is enough: the first of a store, a key revoked, a peer closed.
    public var approver: String?
    public var at: Instant

    public init(_ approved: Approvable, proposer: String? = nil, approver: String? = nil, at: Instant) {
        self.approved = approved
        self.proposer = proposer
        self.approver = approver
        self.at = at
    }
}

/// What one person has approved: it waits for a second one.
public struct Proposal: Sendable, Hashable {
    public var digest: Digest256
    public var subject: ChangeSubject
    public var proposer: String
    public var at: Instant

    public init(digest: Digest256, subject: ChangeSubject, proposer: String, at: Instant) {
        self.digest = digest
        self.subject = subject
        self.proposer = proposer
        self.at = at
    }
}

/// How the audit log tells of a change.
public struct ChangeEntry: Sendable, Hashable {
    /// What is entered when it comes into force: `peer.changed`, `key.changed` or `policy.changed`.
    public var event: AuditEvent
    /// One token: `added`, `changed`, `closed`, `revoked`, `first`.
    public var change: String
    public var subject: ChangeSubject

    public init(_ event: AuditEvent, _ change: String, of subject: ChangeSubject) {
        self.event = event
        self.change = change
        self.subject = subject
    }
}

/// What an approval did.
public enum ApprovalStep: Sendable, Hashable {
    /// It is the first: another person must approve the same digest.
    case proposed
    /// It is the second: the change is in force.
    case inForce(proposer: String)
}

/// A subject that shrinks, for which one person is enough: a peer closed, a key revoked or given an earlier end.
public struct Narrowing: Sendable, Hashable {
    /// What is left; nil when nothing is.
    public var left: Approvable?
    public var entry: ChangeEntry

    public init(left: Approvable?, entry: ChangeEntry) {
        self.left = left
        self.entry = entry
    }
}

public protocol ApprovalReading: Sendable {
    /// What is in force; empty for a store that no gateway has started on.
    func approvals() async throws -> [Approval]
    func proposals() async throws -> [Proposal]
}

/// Four eyes on peers, keys and policies. Nothing that was approved is ever deleted: it ends, and stays as evidence.
public protocol Approvals: ApprovalReading {
    /// The configuration that a store's first gateway starts with needs nobody's approval.
    /// - Returns: false, having changed nothing, when something was approved on this store before.
    func approveFirst(_ subjects: [Approvable], entries: [ChangeEntry], at now: Instant) async throws -> Bool
    /// A person approves. The first one's approval is `change.proposed`; another person's brings the subject into force, with
    /// `change.approved` and the entry's own event.
    /// - Parameter actor: `organisation` tells persons apart.
    /// - Throws: ``StoreError`` `invalid` when the same person approved it before.
    func approve(_ subject: Approvable, as entry: ChangeEntry, by actor: AuditActor, at now: Instant) async throws
        -> ApprovalStep
    /// Carries out what one person may.
    func narrow(_ narrowings: [Narrowing], by actor: AuditActor, at now: Instant) async throws
}
