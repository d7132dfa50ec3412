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
        let day = Int64(now.dayInShanghai.daysSince1970)
        let find = try RawStatement(transaction.database, "SELECT salt, last_act FROM person WHERE lookup = ?1")
        find.bind(1, lookup)
        let known = try find.first { ($0.bytes(0), $0.integer(1)) }
        let salt = known?.0 ?? transaction.tail.random16()
        if known == nil {
            let insert = try RawStatement(
                transaction.database, "INSERT INTO person(lookup, salt, last_act) VALUES (?1, ?2, ?3)")
            insert.bind(1, lookup)
            insert.bind(2, salt)
            insert.bind(3, day)
            try insert.run()
        } else if let last = known?.1, last < day {
            let touch = try RawStatement(transaction.database, "UPDATE person SET last_act = ?2 WHERE lookup = ?1")
            touch.bind(1, lookup)
            touch.bind(2, day)
            try touch.run()
        }
        guard let pseudonym = Digest256(keys.pseudonym(salt: salt)) else {
            throw StoreError(.corrupt, "a pseudonym has the wrong length", remedy: "report this as a defect")
        }
        return pseudonym
    }
}
