import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func witness(
        _ request: WitnessRequest, shown: Checkpoint, from peer: Province, at now: Instant
    ) async throws -> WitnessDecision {
        try await writes.run { transaction in
            let held = try WitnessTables.held(shown.origin, transaction.database)
            let before = try held.map {
                try Checkpoint(origin: $0.origin, size: $0.size, root: $0.root)
            }
            let verdict = WitnessVerdict(on: request, shown, held: before)
            var decision = WitnessDecision(
                verdict: verdict, heldSize: held?.size ?? 0, isNew: false, isProofAtFault: shown.size > held?.size ?? 0)
            switch verdict {
            case .cosign:
                try WitnessTables.hold(shown, note: request.note, at: now, transaction.database)
                decision.heldSize = shown.size
            case .diverged(let kind):
                let divergence = FoundDivergence(
                    origin: shown.origin, kind: kind, held: held?.note ?? [],
                    shown: kind == .forked ? request.bytes : request.note, peer: peer, at: now)
                decision.isNew = try WitnessTables.keep(divergence, shown, in: transaction)
            case .outdated, .contradictory: break
            }
            return decision
        }
    }

    public func keep(_ divergence: FoundDivergence) async throws -> Bool {
        try await writes.run { try WitnessTables.keep(divergence, nil, in: $0) }
    }

    public func heldCheckpoints() async throws -> [HeldCheckpoint] {
        try await read { try WitnessTables.all($0) }
    }

    public func keep(_ cosignatures: [KeptCosignature], ofSize size: UInt64) async throws {
        try await writes.run { transaction in
            for cosignature in cosignatures {
                let put = try RawStatement(
                    transaction.database,
                    """
                    INSERT INTO cosignature(size, witness, line, at) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT DO UPDATE SET line = excluded.line, at = excluded.at
                    """)
                put.bind(1, Int64(size))
                put.bind(2, cosignature.witness)
                put.bind(3, cosignature.line)
                put.bind(4, cosignature.at.milliseconds)
                try put.run()
            }
        }
    }

    public func newestCosigned(by witness: String) async throws -> (size: UInt64, at: Instant)? {
        try await read { database in
            let find = try RawStatement(
                database, "SELECT size, at FROM cosignature WHERE witness = ?1 ORDER BY size DESC LIMIT 1")
            find.bind(1, witness)
            return try find.first { (UInt64($0.integer(0)), Instant(milliseconds: $0.integer(1))) }
        }
    }
}

extension SQLiteReading {
    public func divergences() async throws -> [FoundDivergence] {
        try await read { database in
            let rows = try RawStatement(
                database, "SELECT origin, kind, held, shown, peer, at FROM divergence ORDER BY at, digest")
            var found: [FoundDivergence] = []
            try rows.forEachRow { columns in
                guard let kind = LogDivergence(rawValue: columns.text(1)),
                    let peer = Province(number: Int(columns.integer(4)))
                else { return }
                found.append(
                    FoundDivergence(
                        origin: columns.text(0), kind: kind, held: columns.bytes(2), shown: columns.bytes(3),
                        peer: peer, at: Instant(milliseconds: columns.integer(5))))
            }
            return found
        }
    }
}

/// What is held of other logs.
enum WitnessTables {
    /// More divergences of one log are not kept: its owner could otherwise fill this log with them.
    static let mostDivergences = 100

    static func held(_ origin: String, _ database: Database) throws -> HeldCheckpoint? {
        let find = try RawStatement(
            database, "SELECT origin, size, root, note, at FROM witnessed WHERE origin = ?1")
        find.bind(1, origin)
        return try find.first { checkpoint($0) } ?? nil
    }

    static func all(_ database: Database) throws -> [HeldCheckpoint] {
        let rows = try RawStatement(database, "SELECT origin, size, root, note, at FROM witnessed ORDER BY origin")
        var found: [HeldCheckpoint] = []
        try rows.forEachRow { if let held = checkpoint($0) { found.append(held) } }
        return found
    }

    private static func checkpoint(_ columns: borrowing RawStatement.Columns) -> HeldCheckpoint? {
        guard let root = Digest256(columns.bytes(2)) else { return nil }
        return HeldCheckpoint(
            origin: columns.text(0), size: UInt64(columns.integer(1)), root: root, note: columns.bytes(3),
            at: Instant(milliseconds: columns.integer(4)))
    }

    static func hold(_ shown: Checkpoint, note: [UInt8], at now: Instant, _ database: Database) throws {
        let put = try RawStatement(
            database,
            """
            INSERT INTO witnessed(origin, size, root, note, at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at
            """)
        put.bind(1, shown.origin)
        put.bind(2, Int64(shown.size))
        put.bind(3, shown.root.bytes)
        put.bind(4, note)
        put.bind(5, now.milliseconds)
        try put.run()
    }

    /// - Returns: false when it was kept before, or as many of the log's are kept as may be.
    static func keep(
        _ divergence: FoundDivergence, _ shown: Checkpoint?, in transaction: borrowing Transaction
    ) throws -> Bool {
        let count = try RawStatement(transaction.database, "SELECT COUNT(*) FROM divergence WHERE origin = ?1")
        count.bind(1, divergence.origin)
        guard try count.first({ $0.integer(0) }) ?? 0 < Self.mostDivergences else { return false }
        let put = try RawStatement(
            transaction.database,
            """
            INSERT INTO divergence(digest, origin, kind, held, shown, peer, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO NOTHING
            """)
        put.bind(1, divergence.digest.bytes)
        put.bind(2, divergence.origin)
        put.bind(3, divergence.kind.rawValue)
        put.bind(4, divergence.held)
        put.bind(5, divergence.shown)
        put.bind(6, Int(divergence.peer.number))
        put.bind(7, divergence.at.milliseconds)
        try put.run()
        guard transaction.database.changesCount == 1 else { return false }
        var details: AuditDetails = [
            .peer: divergence.peer.description, .origin: divergence.origin, .reason: divergence.kind.rawValue,
        ]
        if let shown { (details[.size], details[.root]) = ("\(shown.size)", shown.root.base64) }
        try transaction.tail.append(
            Act(
                .logDiverged, actor: AuditActor(organisation: "gateway"), at: divergence.at,
                evidence: divergence.digest, details: details), subject: nil)
        return true
    }
}
