import GRDB
import Interchange

/// What operators are told once when it begins and once when it ends.
enum Alerts {
    /// Begins or ends the peer's alert of the kind.
    /// - Returns: the alert when that changed something; nil when it stood so already.
    static func set(
        _ kind: Alert.Kind, of peer: Province, isOn: Bool, at now: Instant, in database: Database
    ) throws -> Alert? {
        let change = try RawStatement(
            database,
            isOn
                ? "INSERT INTO alert(kind, peer, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING since, until"
                : """
                UPDATE alert SET until = ?3 WHERE kind = ?1 AND peer = ?2 AND until IS NULL RETURNING since, until
                """)
        change.bind(1, kind.rawValue)
        change.bind(2, Int(peer.number))
        change.bind(3, now.milliseconds)
        return try change.first { columns in
            Alert(
                kind: kind, peer: peer, since: Instant(milliseconds: columns.integer(0)),
                until: columns.optionalInteger(1).map(Instant.init(milliseconds:)))
        }
    }

    /// Holds the alert of dead letters against whether the peer has any.
    static func countDeadLetters(of peer: Province, at now: Instant, in database: Database) throws -> [Alert] {
        let count = try RawStatement(
            database,
            """
            SELECT EXISTS (SELECT 1 FROM exception WHERE peer = ?1 AND state = 'deadLettered')
                OR EXISTS (SELECT 1 FROM batch WHERE peer = ?1 AND state = 'deadLettered')
            """)
        count.bind(1, Int(peer.number))
        let isOn = try count.first { $0.integer(0) } == 1
        return try set(.deadLetters, of: peer, isOn: isOn, at: now, in: database).map { [$0] } ?? []
    }
}

extension SQLiteStore {
    public func keepLane(_ condition: LaneCondition?, of peer: Province, at now: Instant) async throws {
        let alerts = try await writes.run { transaction in
            try Self.keep(condition, of: peer, in: transaction.database)
            let isRefused = condition?.blockedOn == "operator"
            return try [(Alert.Kind.circuitOpen, condition != nil && !isRefused), (.identityRefused, isRefused)]
                .compactMap { try Alerts.set($0, of: peer, isOn: $1, at: now, in: transaction.database) }
        }
        announce(alerts)
    }

    public func noteRefusedBatch(of peer: Province, at now: Instant) async throws {
        let alert = try await writes.run {
            try Alerts.set(.batchRefused, of: peer, isOn: true, at: now, in: $0.database)
        }
        announce(alert.map { [$0] } ?? [])
    }

    private static func keep(_ condition: LaneCondition?, of peer: Province, in database: Database) throws {
        guard let condition else {
            try database.execute(sql: "DELETE FROM lane WHERE peer = ?", arguments: [Int(peer.number)])
            return
        }
        try database.execute(
            sql: """
                INSERT INTO lane(peer, blocked_on, since, until, detail) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET blocked_on = excluded.blocked_on, until = excluded.until, detail = excluded.detail
                """,
            arguments: [
                Int(peer.number), condition.blockedOn, condition.since.milliseconds, condition.until.milliseconds,
                condition.detail,
            ])
    }

    public func watchBacklog(acceptedBefore bound: Instant, at now: Instant) async throws {
        let changes = try await read { database in try Self.oldChanges(bound, in: database) }
        guard !changes.isEmpty else { return }
        let alerts = try await writes.run { transaction in
            try changes.compactMap {
                try Alerts.set(.backlogOld, of: $0.key, isOn: $0.value, at: now, in: transaction.database)
            }
        }
        announce(alerts)
    }

    /// Peers whose alert no longer says what is so, with what is.
    private static func oldChanges(_ bound: Instant, in database: Database) throws -> [Province: Bool] {
        var old: Set<Province> = []
        let waiting = try RawStatement(
            database,
            """
            SELECT peer FROM segment WHERE taken < envelopes AND accepted_at < ?1
            UNION SELECT peer FROM batch WHERE state = 'retryable' AND accepted_at < ?1
            UNION SELECT peer FROM batch WHERE state = 'leased' AND accepted_at < ?1
            UNION SELECT peer FROM exception WHERE state = 'parked' AND reason <> 'parkedReference' AND since < ?1
            """)
        waiting.bind(1, bound.milliseconds)
        try waiting.forEachRow { if let peer = Province(number: Int($0.integer(0))) { old.insert(peer) } }
        var told: Set<Province> = []
        try RawStatement(database, "SELECT peer FROM alert WHERE kind = 'backlogOld' AND until IS NULL").forEachRow {
            if let peer = Province(number: Int($0.integer(0))) { told.insert(peer) }
        }
        return Dictionary(uniqueKeysWithValues: old.symmetricDifference(told).map { ($0, old.contains($0)) })
    }
}

extension SQLiteReading {
    public func openLanes() async throws -> [LaneCondition] {
        try await read { database in
            var found: [LaneCondition] = []
            try RawStatement(database, "SELECT peer, blocked_on, since, until, detail FROM lane ORDER BY peer")
                .forEachRow {
                    columns in
                    guard let peer = Province(number: Int(columns.integer(0))) else { return }
                    found.append(
                        LaneCondition(
                            peer: peer, blockedOn: columns.text(1), since: Instant(milliseconds: columns.integer(2)),
                            until: Instant(milliseconds: columns.integer(3)), detail: columns.text(4)))
                }
            return found
        }
    }

    public func alerts(withEnded isOver: Bool, limit: Int) async throws -> [Alert] {
        try await read { database in
            let find = try RawStatement(
                database,
                "SELECT kind, peer, since, until FROM alert WHERE ?1 OR until IS NULL ORDER BY id DESC LIMIT ?2")
            find.bind(1, isOver ? 1 : 0)
            find.bind(2, limit)
            var found: [Alert] = []
            try find.forEachRow { columns in
                guard let kind = Alert.Kind(rawValue: columns.text(0)),
                    let peer = Province(number: Int(columns.integer(1)))
                else { return }
                found.append(
                    Alert(
                        kind: kind, peer: peer, since: Instant(milliseconds: columns.integer(2)),
                        until: columns.optionalInteger(3).map(Instant.init(milliseconds:))))
            }
            return found
        }
    }
}
