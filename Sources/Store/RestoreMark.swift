import Interchange

/// That the store came from a backup, and what must be done before it takes part again.
public struct RestoreMark: Sendable, Hashable {
    /// The nonces that were used before are lost with what came after the backup: signatures made before this are refused.
    public var at: Instant
    /// Peers with which this gateway has not been reconciled since. Nothing is sent to them.
    public var awaiting: Set<Province>

    public init(at: Instant, awaiting: Set<Province>) {
        self.at = at
        self.awaiting = awaiting
    }
}

/// A restore that waits to be entered.
public struct HeldRestore: Sendable, Hashable {
    public var note: [UInt8]
    /// Whether the log that it is to be entered in has been opened.
    public var isLogOpen: Bool
}

/// After a restore from backup.
public protocol Restoring: Sendable {
    /// Nil of a store that was never restored.
    func restoreMark() async throws -> RestoreMark?
    /// Marks the store, with the entries that say so, and gives back every lease. What was held is done with.
    func markRestored(_ mark: RestoreMark, entries: [Act]) async throws
    /// Keeps what is to be entered of a restore in a log that is still to be opened, since entries of this one were lost: until
    /// ``LogReopeningVerbs/reopenLog(_:by:at:)`` has opened it nothing more can be entered.
    /// - Parameter note: says what it is to who takes it up again.
    func holdRestore(_ note: [UInt8]) async throws
    /// The note of a restore that is held; nil when none is.
    func heldRestore() async throws -> HeldRestore?
    /// The peer was reconciled with: what waits for it may go out.
    func clearRestoreMark(of peer: Province) async throws
}
