import GRDB
import Interchange

/// What status questions are answered from, kept in step with the records of either side: who is registered where, permits,
/// reported employment.
enum Registration {
    struct Change {
        var kind: Kind
        var record: RecordID
        var reference: RecordID?
        var subject: ShortHash
        /// Whom the version before was about; nil for the first.
        var formerly: ShortHash?
        var province: Province
        var division: DivisionCode?
        var effective: CivilDate?
        var facts: HashedFacts?
    }

    static func apply(_ change: Change, in transaction: borrowing Transaction) throws {
        switch change.kind {
        case .arrival: try open(change, in: transaction)
        case .departure: try amend(change, in: transaction) { $0.until = change.effective?.daysSince1970 }
        case .relocation: try amend(change, in: transaction) { $0.move(to: change) }
        case .permit: try keep(change, as: .permit, in: transaction)
        case .employment: try keep(change, as: .employment, in: transaction)
        default: break
        }
    }

    private static func open(_ change: Change, in transaction: borrowing Transaction) throws {
        let held = try takeOver(change, in: transaction)
        var entry = RegistrationEntry(
            province: change.province.number, division: change.division.map { UInt32($0.number) },
            since: change.effective?.daysSince1970, until: held?.until)
        entry.identity = change.facts?.identity ?? 0
        transaction.indexes.registrations.put(change.key, entry)
    }

    private static func keep(
        _ change: Change, as fact: RegistrationEntry.Fact, in transaction: borrowing Transaction
    ) throws {
        _ = try takeOver(change, in: transaction)
        let permit = change.facts?.permit
        var entry = RegistrationEntry(
            province: change.province.number, division: nil, since: permit?.issuedOn?.daysSince1970,
            until: permit?.endorsedUntil?.daysSince1970)
        entry.fact = fact
        entry.status = permit?.status
        entry.identity = change.facts?.identity ?? 0
        entry.employer = change.facts?.employer ?? 0
        transaction.indexes.registrations.put(change.key, entry)
    }

    /// What is held of the record. After a corrected number it is taken from the person that it was about by mistake.
    private static func takeOver(
        _ change: Change, in transaction: borrowing Transaction
    ) throws -> RegistrationEntry? {
        // Of a record's first version nothing is held.
        guard let formerly = change.formerly else { return nil }
        let (registrations, database) = (transaction.indexes.registrations, transaction.database)
        let held = try registrations.value(of: change.key, in: database)
        guard formerly != change.subject else { return held }
        let former = RegistrationKey(subject: formerly, record: change.record)
        guard let moved = try registrations.value(of: former, in: database) else { return held }
        registrations.remove(former)
        return moved
    }

    /// Changes the arrival that the record refers to.
    private static func amend(
        _ change: Change, in transaction: borrowing Transaction, _ amend: (inout RegistrationEntry) -> Void
    ) throws {
        guard let arrival = change.reference, let record = try transaction.record(arrival) else { return }
        let key = RegistrationKey(subject: record.subject, record: arrival)
        let registrations = transaction.indexes.registrations
        guard var entry = try registrations.value(of: key, in: transaction.database) else { return }
        amend(&entry)
        registrations.put(key, entry)
    }

    /// A withdrawn arrival says nothing any more, not even that it ended.
    /// - Parameter subject: whom its newest version is about.
    static func withdraw(_ record: RecordID, of subject: ShortHash, in transaction: borrowing Transaction) {
        transaction.indexes.registrations.remove(RegistrationKey(subject: subject, record: record))
    }
}

extension Registration.Change {
    fileprivate var key: RegistrationKey { RegistrationKey(subject: subject, record: record) }
}

extension RegistrationEntry {
    /// The newest of several moves counts, in whatever order they come.
    fileprivate mutating func move(to change: Registration.Change) {
        guard let day = change.effective?.daysSince1970, day >= since ?? day else { return }
        since = day
        division = change.division.map { UInt32($0.number) } ?? division
    }
}
