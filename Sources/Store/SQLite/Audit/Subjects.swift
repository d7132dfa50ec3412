import AuditLog
import GRDB
import Interchange

/// What the audit log calls persons.
struct Subjects {
    let keys: StoreKeys

    init(keys: StoreKeys) { self.keys = keys }

    /// The person's name in the audit log, made at the first act about them.
    /// - Parameter subject: the number in the form that look-ups hash.
    func pseudonym(of subject: [UInt8], in transaction: borrowing Transaction, at now: Instant) throws
        -> Digest256
    {
        try pseudonym(ofLookup: keys.lookupHash(subject), in: transaction, at: now)
    }

    func pseudonym(
        ofLookup lookup: ShortHash, in transaction: borrowing Transaction, at now: Instant
    ) throws -> Digest256 {
        try pseudonym(ofLookup: lookup, in: transaction, on: now.dayInShanghai.daysSince1970)
    }

    /// - Parameter day: days since 1970 in Shanghai.
    func pseudonym(
        ofLookup lookup: ShortHash, in transaction: borrowing Transaction, on day: Int32
    ) throws -> Digest256 {
        let persons = transaction.indexes.persons
        let held = try persons.value(of: lookup, in: transaction.database)
        var person = held ?? PersonEntry(salt: transaction.tail.randomHash(), lastAct: day)
        if held == nil || person.lastAct < day {
            person.lastAct = day
            persons.put(lookup, person)
        }
        return keys.pseudonym(salt: person.salt)
    }
}
