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

/// After a restore from backup.
public protocol Restoring: Sendable {
    /// Nil of a store that was never restored.
    func restoreMark() async throws -> RestoreMark?
    /// Marks the store, with the entry that says so, and gives back every lease.
    func markRestored(_ mark: RestoreMark, entry: Act) async throws
    /// The peer was reconciled with: what waits for it may go out.
    func clearRestoreMark(of peer: Province) async throws
}
