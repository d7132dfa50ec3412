import AuditLog
import Interchange

/// The gateway's state, as verbs of its domain. Each verb that changes something is one transaction which includes its audit
/// entries; it returns only when that transaction is durable, and throws ``StoreError`` having changed nothing.
///
/// Engines differ behind this protocol and pass one conformance suite. Nothing of an engine shows through it.
public protocol Store:
    DeliveryStore, Quarantine, Witnessing, AuditProving, AccessLogging, Archiving, Questioning, SampleReading,
    Reconciling, Approvals, KeyNotices, DeliveryQueue, Fetching, Retaining, BackingUp, Restoring, Forwarding,
    LogReopeningVerbs, ClosedLogReading
{
    /// Registrations of a person, for a closed question, together with the entry that says it was asked.
    /// - Parameter answer: called once, on the store's own thread, when what it is given is durable or nothing of the question is
    ///   stored; it must not block.
    func answer(_ inquiry: Inquiry, then answer: @escaping @Sendable (Result<InquiryResult, StoreError>) -> Void)
    /// Tells once when the disk has failed under a write, or at once when it has failed already: nothing is written after it, and
    /// nothing read, until the store is opened again.
    func onBroken(_ notify: @Sendable @escaping (StoreError) -> Void)
}

extension Store {
    /// As ``answer(_:then:)``.
    public func answer(_ inquiry: Inquiry) async throws -> InquiryResult {
        try await withCheckedContinuation { continuation in
            answer(inquiry) { continuation.resume(returning: $0) }
        }.get()
    }
}

/// Bounds of the store.
public enum StoreLimits {
    /// The most rows one ``Store/accept(_:)`` takes.
    public static let rowsPerChunk = 10_000
    /// How long a nonce is remembered, in seconds: 24 h.
    public static let nonceSeconds: Int64 = 86_400
    /// How long an envelope waits for what it refers to, in days.
    public static let parkedDays = 30
    /// The longest that any purpose keeps a payload, in days.
    public static let longestRetentionDays = 1_095
    /// Milliseconds until a parked envelope is offered again: one day.
    public static let parkedRetryMilliseconds: Int64 = 86_400_000
    /// The most ids of deliveries that one act of an operator takes.
    public static let chosenDeliveries = 1_000
    /// Parked envelopes that are looked at when a batch settles, to see whether what they refer to was in it; more wait for
    /// their daily offer.
    public static let parkedLookUps = 1_000
    /// No record has a higher version here: one that says so is refused with `SCHEMA`.
    public static let highestVersion = Int(UInt32.max)
}
