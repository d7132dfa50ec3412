import AuditLog
import Interchange

/// What two persons approve to go on after entries of the audit log were lost: the old log is closed as it was restored, and a
/// new one is opened under another origin with another key.
public struct LogReopening: Sendable, Hashable {
    /// Of the log that is closed, `name+hash+base64`: its name is the origin.
    public var closed: String
    /// What of it is left.
    public var size: UInt64
    public var root: Digest256
    /// The highest checkpoint of it that anybody holds: the signed note, what it states, and who showed it.
    public var held: HeldStatement
    /// Of the log that is opened.
    public var opened: String

    public struct HeldStatement: Sendable, Hashable {
        public var size: UInt64
        public var root: Digest256
        public var note: [UInt8]
        /// One token: a province, or `file`.
        public var holder: String

        public init(size: UInt64, root: Digest256, note: [UInt8], holder: String) {
            (self.size, self.root, self.note, self.holder) = (size, root, note, holder)
        }
    }

    public init(closed: String, size: UInt64, root: Digest256, held: HeldStatement, opened: String) {
        (self.closed, self.size, self.root, self.held, self.opened) = (closed, size, root, held, opened)
    }

    public var closedOrigin: String { Self.origin(of: closed) }
    public var openedOrigin: String { Self.origin(of: opened) }

    private static func origin(of key: String) -> String { String(key.prefix { $0 != "+" }) }

    /// What a person approves.
    public var approvable: Approvable {
        Approvable(
            .log(openedOrigin),
            form: """
                log \(openedOrigin)
                key \(opened)
                closes \(closed)
                at \(size) \(root.base64)
                held by \(held.holder) \(held.size) \(held.root.base64)

                """, content: held.note)
    }
}

/// A log that was closed: it stays, and can be read and verified, but nothing is entered any more.
public struct ClosedLog: Sendable, Hashable {
    /// From 1, in the order in which they were closed.
    public var number: Int
    public var reopening: LogReopening
    public var at: Instant

    public var origin: String { reopening.closedOrigin }
    /// How many entries are known to have been there and are not: those that the highest held checkpoint counts beyond its end.
    public var missing: UInt64 {
        reopening.held.size > reopening.size ? reopening.held.size - reopening.size : 0
    }
}

/// Opens a new log in the place of one that lost entries.
public protocol LogReopeningVerbs: Sendable {
    /// A person approves. The first one's approval waits and enters nothing: the old log must not grow. Another person's closes
    /// the log as it is, and opens the new one with `log.opened` and the entries of both approvals, in one transaction.
    /// - Throws: ``StoreError`` `invalid` when the same person approved it before, or the log is no longer what was approved.
    func reopenLog(_ reopening: LogReopening, by actor: AuditActor, at now: Instant) async throws -> ApprovalStep
}

public protocol ClosedLogReading: Sendable {
    /// Oldest first.
    func closedLogs() async throws -> [ClosedLog]
    /// Everything that was ever approved, what has ended among it, oldest first.
    func approvalHistory() async throws -> [Approval]
}
