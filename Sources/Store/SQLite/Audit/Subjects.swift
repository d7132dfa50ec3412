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

    /// - Parameters:
    ///   - day: days since 1970 in Shanghai.
    ///   - name: for a person who has none; nil to make it here.
    func pseudonym(
        ofLookup lookup: ShortHash, or name: NewPseudonym? = nil, in transaction: borrowing Transaction, on day: Int32
    ) throws -> Digest256 {
        let persons = transaction.indexes.persons
        let held = try persons.value(of: lookup, in: transaction.database)
        if held == nil, let name {
            persons.put(lookup, PersonEntry(salt: name.salt, lastAct: day))
            return name.pseudonym
        }
        var person = held ?? PersonEntry(salt: transaction.tail.randomHash(), lastAct: day)
        if held == nil || person.lastAct < day {
            person.lastAct = day
            persons.put(lookup, person)
        }
        return keys.pseudonym(salt: person.salt)
    }
}

/// A name in the audit log for somebody who has none yet, made before it is known whether it is needed.
struct NewPseudonym: Sendable {
    let salt: ShortHash
    let pseudonym: Digest256

    init(keys: StoreKeys, using generator: inout some RandomNumberGenerator) {
        salt = ShortHash(random: (generator.next(), generator.next()))
        pseudonym = keys.pseudonym(salt: salt)
    }
}
