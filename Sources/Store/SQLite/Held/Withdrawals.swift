import AuditLog
import GRDB
import Interchange

/// What retractions and corrections do to the record that they are about.
enum TargetEffect {
    /// Withdraws the target for good: it no longer says where a person is registered, and a tombstone stays, of a record that
    /// never came too.
    /// - Parameter rewriting: erases its payload, in every version, as a receiver must; nil for what we issued ourselves, which
    ///   stays with us until its retention ends.
    static func retract(
        _ target: RecordTarget, of sender: Province, erasingBy rewriting: SegmentRewriting?,
        in transaction: borrowing Transaction
    ) throws {
        let key = target.record
        guard var entry = try transaction.record(key) else {
            return transaction.put(tombstone(target, of: sender), as: key)
        }
        guard !entry.isRetracted else { return }
        Registration.withdraw(key, of: entry.subject, in: transaction)
        if let rewriting {
            // Only what came from the sender is withdrawn by it, so nothing of ours waits for delivery here.
            _ = try rewriting.erase(record: key, in: transaction)
            try HeldRecords.add(-1, of: sender, in: transaction.database)
            (entry.payload, entry.place, entry.content) = (0, 0, nil)
            entry.subject = .zero
        }
        entry.isRetracted = true
        transaction.put(entry, as: key)
    }

    private static func tombstone(_ target: RecordTarget, of sender: Province) -> RecordEntry {
        var entry = RecordEntry(
            sender: sender.number, kind: .retraction, version: UInt32(clamping: target.version),
            envelope: MessageID(high: 0, low: 0), digest: .zero, content: nil,
            payload: 0, place: 0, retainUntil: 0, subject: .zero)
        entry.isRetracted = true
        return entry
    }

    /// Marks the target, unless a later version of it has come since.
    static func correct(_ target: RecordTarget, in transaction: borrowing Transaction) throws {
        let key = target.record
        guard var entry = try transaction.record(key), Int(entry.version) <= target.version, !entry.isRetracted else {
            return
        }
        entry.isCorrected = true
        transaction.put(entry, as: key)
    }
}
