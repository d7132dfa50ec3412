import AuditLog
import GRDB
import Interchange

/// What retractions and corrections do to the record that they are about.
enum TargetEffect {
    /// Withdraws the target for good: it no longer says where a person is registered, and a tombstone stays, of a record that
    /// never came too.
    /// - Parameter keys: for erasing its payload, as a receiver must; nil for what we issued ourselves, which stays with us until
    ///   its retention ends.
    /// - Returns: the digest of the envelope that was erased; nil when there was none.
    static func retract(
        _ target: RecordTarget, of sender: Province, erasingWith keys: StoreKeys?,
        in transaction: borrowing Transaction
    ) throws -> Digest256? {
        let key = target.record.key
        guard var entry = try transaction.record(key) else {
            transaction.put(tombstone(target, of: sender), as: key)
            return nil
        }
        guard !entry.isRetracted else { return nil }
        Registration.withdraw(key, of: entry.subject, in: transaction)
        let digest = Digest256(entry.digest)
        if let keys {
            try Erasure.erase(entry, keys: keys, in: transaction)
            try HeldRecords.add(-1, of: sender, in: transaction.database)
            (entry.payload, entry.place, entry.content) = (0, 0, nil)
            entry.subject = [UInt8](repeating: 0, count: 16)
        }
        entry.isRetracted = true
        transaction.put(entry, as: key)
        return keys == nil ? nil : digest
    }

    private static func tombstone(_ target: RecordTarget, of sender: Province) -> RecordEntry {
        var entry = RecordEntry(
            sender: sender.number, kind: .retraction, version: UInt32(clamping: target.version),
            envelope: [UInt8](repeating: 0, count: 16), digest: [UInt8](repeating: 0, count: 32), content: nil,
            payload: 0, place: 0, retainUntil: 0, subject: [UInt8](repeating: 0, count: 16))
        entry.isRetracted = true
        return entry
    }

    /// Marks the target, unless a later version of it has come since.
    static func correct(_ target: RecordTarget, in transaction: borrowing Transaction) throws {
        let key = target.record.key
        guard var entry = try transaction.record(key), Int(entry.version) <= target.version, !entry.isRetracted else {
            return
        }
        entry.isCorrected = true
        transaction.put(entry, as: key)
    }
}
