import GRDB
import Interchange

/// Who is registered where, kept in step with arrivals and departures of either side.
enum Registration {
    struct Change {
        var kind: Kind
        var record: [UInt8]
        var reference: [UInt8]?
        var subject: [UInt8]
        /// Whom the version before was about; nil for the first.
        var formerly: [UInt8]?
        var province: Province
        var division: DivisionCode?
        var effective: CivilDate?
    }

    static func apply(_ change: Change, in transaction: borrowing Transaction) throws {
        switch change.kind {
        case .arrival: try open(change, in: transaction)
        case .departure: try end(change, in: transaction)
        case .relocation: try move(change, in: transaction)
        default: break
        }
    }

    private static func open(_ change: Change, in transaction: borrowing Transaction) throws {
        let registrations = transaction.indexes.registrations
        let storage = SQLiteRunStorage(database: transaction.database)
        let key = change.subject + change.record
        var held = try registrations.value(of: key, in: storage)
        if let formerly = change.formerly, formerly != change.subject,
            let moved = try registrations.value(of: formerly + change.record, in: storage)
        {
            // A corrected number: the person it was by mistake is not registered here.
            registrations.remove(formerly + change.record)
            held = moved
        }
        registrations.put(
            key,
            RegistrationEntry(
                province: change.province.number, division: change.division.map { UInt32($0.number) },
                since: change.effective?.daysSince1970, until: held.map(RegistrationEntry.init(decoding:))?.until
            ).encoded)
    }

    /// Whatever the cause of a departure: moved on, became local, died or was never right, it no longer stands.
    private static func end(_ change: Change, in transaction: borrowing Transaction) throws {
        try alter(change, in: transaction) { $0.until = change.effective?.daysSince1970 }
    }

    /// A relocation within the province.
    private static func move(_ change: Change, in transaction: borrowing Transaction) throws {
        guard let division = change.division else { return }
        try alter(change, in: transaction) { $0.division = UInt32(division.number) }
    }

    /// Changes the registration that the arrival opened which the change refers to.
    private static func alter(
        _ change: Change, in transaction: borrowing Transaction, _ body: (inout RegistrationEntry) -> Void
    ) throws {
        guard let arrival = change.reference, let record = try transaction.record(arrival) else { return }
        let key = record.subject + arrival
        let registrations = transaction.indexes.registrations
        let held = try registrations.value(of: key, in: SQLiteRunStorage(database: transaction.database))
        guard var entry = held.map(RegistrationEntry.init(decoding:)) else { return }
        body(&entry)
        registrations.put(key, entry.encoded)
    }

    /// A withdrawn arrival says nothing any more, not even that it ended.
    /// - Parameter subject: whom its newest version is about.
    static func withdraw(_ record: [UInt8], of subject: [UInt8], in transaction: borrowing Transaction) {
        transaction.indexes.registrations.remove(subject + record)
    }
}
