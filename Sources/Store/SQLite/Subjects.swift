import AuditLog
import GRDB
import Interchange

/// Persons within one transaction: look-up hash and pseudonym, each computed once.
struct Subjects {
    let keys: StoreKeys

    init(keys: StoreKeys) { self.keys = keys }

    /// The person's name in the audit log, made at the first act about them.
    /// - Parameter subject: the number in the form that look-ups hash.
    mutating func pseudonym(of subject: [UInt8], in transaction: borrowing Transaction, at now: Instant) throws
        -> Digest256
    {
        try pseudonym(ofLookup: keys.lookupHash(subject), in: transaction, at: now)
    }

    mutating func pseudonym(
        ofLookup lookup: [UInt8], in transaction: borrowing Transaction, at now: Instant
    ) throws -> Digest256 {
        let day = now.dayInShanghai.daysSince1970
        let held = try transaction.indexes.persons.value(
            of: lookup, in: SQLiteRunStorage(database: transaction.database))
        var person =
            held.map(PersonEntry.init(decoding:)) ?? PersonEntry(salt: transaction.tail.random16(), lastAct: day)
        if held == nil || person.lastAct < day {
            person.lastAct = day
            transaction.indexes.persons.put(lookup, person.encoded)
        }
        let salt = person.salt
        guard let pseudonym = Digest256(keys.pseudonym(salt: salt)) else {
            throw StoreError(.corrupt, "a pseudonym has the wrong length", remedy: "report this as a defect")
        }
        return pseudonym
    }
}
