import GRDB
import Interchange

/// Which payloads have a line that may not be kept any longer, in order of days.
enum DuePayloads {
    /// - Parameter day: the last day on which every line is kept; `.max` when there is no line.
    static func add(_ place: PayloadPlace, on day: Int32, in database: Database) throws {
        guard day < .max else { return }
        let add = try RawStatement(
            database, "INSERT INTO due(day, source, payload) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        add.bind(1, Int(day))
        add.bind(2, place.source.rawValue)
        add.bind(3, place.id)
        try add.run()
    }

    /// The payload that fell due first, of those that did before the day.
    static func first(before day: Int32, in database: Database) throws -> (place: PayloadPlace, day: Int32)? {
        let find = try RawStatement(
            database, "SELECT source, payload, day FROM due WHERE day < ?1 ORDER BY day, source, payload LIMIT 1")
        find.bind(1, Int(day))
        return try find.first { columns in
            PayloadPlace.Source(rawValue: Int(columns.integer(0))).map {
                (PayloadPlace($0, columns.integer(1)), Int32(columns.integer(2)))
            }
        } ?? nil
    }

    static func remove(_ place: PayloadPlace, on day: Int32, in database: Database) throws {
        let remove = try RawStatement(database, "DELETE FROM due WHERE day = ?1 AND source = ?2 AND payload = ?3")
        remove.bind(1, Int(day))
        remove.bind(2, place.source.rawValue)
        remove.bind(3, place.id)
        try remove.run()
    }
}

/// Where the lines of a record's former versions lie: what must go with the record when it is retracted.
enum FormerPlaces {
    /// - Parameter entry: the version that a higher one takes the place of.
    static func add(_ entry: RecordEntry, of record: RecordID, in database: Database) throws {
        guard let place = PayloadPlace(entry) else { return }
        let add = try RawStatement(
            database,
            "INSERT INTO former_place(record, source, payload, place) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
        add.bind(record, place, Int(entry.place))
        try add.run()
    }

    static func of(_ record: RecordID, in database: Database) throws -> [(place: PayloadPlace, index: Int)] {
        let find = try RawStatement(database, "SELECT source, payload, place FROM former_place WHERE record = ?1")
        find.bind(1, record.key)
        var found: [(PayloadPlace, Int)] = []
        try find.forEachRow { columns in
            guard let source = PayloadPlace.Source(rawValue: Int(columns.integer(0))) else { return }
            found.append((PayloadPlace(source, columns.integer(1)), Int(columns.integer(2))))
        }
        return found
    }

    static func remove(_ place: PayloadPlace, _ index: Int, of record: RecordID, in database: Database) throws {
        let remove = try RawStatement(
            database,
            "DELETE FROM former_place WHERE record = ?1 AND source = ?2 AND payload = ?3 AND place = ?4")
        remove.bind(record, place, index)
        try remove.run()
    }
}

extension RawStatement {
    fileprivate func bind(_ record: RecordID, _ place: PayloadPlace, _ index: Int) {
        bind(1, record.key)
        bind(2, place.source.rawValue)
        bind(3, place.id)
        bind(4, index)
    }
}
