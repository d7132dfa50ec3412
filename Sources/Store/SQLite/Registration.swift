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

    static func apply(_ change: Change, in database: Database) throws {
        switch change.kind {
        case .arrival: try open(change, in: database)
        case .departure: try end(change, in: database)
        default: break
        }
    }

    private static func open(_ change: Change, in database: Database) throws {
        if let formerly = change.formerly, formerly != change.subject {
            // A corrected number: the person it was by mistake is not registered here.
            let move = try RawStatement(
                database, "UPDATE OR REPLACE registration SET subject = ?3 WHERE subject = ?1 AND record = ?2")
            move.bind(1, formerly)
            move.bind(2, change.record)
            move.bind(3, change.subject)
            try move.run()
        }
        let put = try RawStatement(
            database,
            """
            INSERT INTO registration(subject, record, province, division, since) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET division = excluded.division, since = excluded.since
            """)
        put.bind(1, change.subject)
        put.bind(2, change.record)
        put.bind(3, Int(change.province.number))
        if let division = change.division { put.bind(4, Int(division.number)) } else { put.bindNull(4) }
        if let since = change.effective { put.bind(5, Int(since.daysSince1970)) } else { put.bindNull(5) }
        try put.run()
    }

    private static func end(_ change: Change, in database: Database) throws {
        guard let arrival = change.reference else { return }
        let end = try RawStatement(
            database,
            """
            UPDATE registration SET until = ?2
            WHERE subject = (SELECT subject FROM record WHERE id = ?1) AND record = ?1
            """)
        end.bind(1, arrival)
        if let until = change.effective { end.bind(2, Int(until.daysSince1970)) } else { end.bindNull(2) }
        try end.run()
    }
}
