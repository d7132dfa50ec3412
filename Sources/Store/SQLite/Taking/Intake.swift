import GRDB
import Interchange
import Synchronization

extension SQLiteStore {
    public func openRun(_ description: RunDescription) async throws -> RunID {
        try await writes.run { transaction in
            try transaction.database.execute(
                sql: "INSERT INTO run(mapping, actor, started_at) VALUES (?, ?, ?)",
                arguments: [description.mapping, description.actor.organisation, description.startedAt.milliseconds])
            return RunID(number: transaction.database.lastInsertedRowID)
        }
    }

    public func closeRun(_ run: RunID, outcome: RunOutcome) async throws {
        guard outcome.rows == outcome.accepted + outcome.flagged + outcome.quarantined else {
            throw StoreError(
                .invalid, "the account of a run does not add up to its \(outcome.rows) rows",
                remedy: "report this as a defect")
        }
        let now = Instant.now()
        try await writes.run { transaction in
            try transaction.database.execute(
                sql: """
                    UPDATE run SET ended_at = ?, rows = ?, accepted = ?, flagged = ?, quarantined = ?, skipped = ?,
                        unchanged = ? WHERE id = ? AND ended_at IS NULL
                    """,
                arguments: [
                    now.milliseconds, outcome.rows, outcome.accepted, outcome.flagged, outcome.quarantined,
                    outcome.skipped, outcome.unchanged, run.number,
                ])
        }
    }

    public func prepare(_ chunk: IntakeChunk) async -> PreparedIntake {
        // What is refused for its size is not prepared.
        guard chunk.rows <= StoreLimits.rowsPerChunk else { return PreparedIntake(chunk) }
        return PreparedIntake(chunk, made: await .make(of: chunk, isNew: novelty.isExpected, keys: keys))
    }

    public func accept(
        _ prepared: PreparedIntake, in order: IntakeOrder,
        then finish: @escaping @Sendable (Result<Acceptance, any Error>) -> Void
    ) {
        let written = Mutex<(Acceptance, Set<Province>)?>(nil)
        writes.run(.bulk) { [keys] transaction in
            do {
                try order.check()
                let done = try prepared.write(in: transaction, keys: keys)
                written.withLock { $0 = done }
            } catch {
                // Now: what follows may share the transaction.
                order.fail(StoreError(database: error))
                throw error
            }
        } finally: { [self] error in
            guard error == nil, let (acceptance, peers) = written.withLock({ $0 }) else {
                let failure = error ?? .withoutResult
                order.fail(failure)
                return finish(.failure(failure))
            }
            novelty.note(acceptance, of: prepared.chunk.drafts.count)
            announce(peers)
            finish(.success(acceptance))
        }
    }
}

extension PreparedIntake {
    /// - Returns: what became of the chunk, and the peers that have something to send.
    fileprivate func write(
        in transaction: borrowing Transaction, keys: StoreKeys
    ) throws -> (Acceptance, Set<Province>) {
        guard chunk.rows <= StoreLimits.rowsPerChunk else {
            throw StoreError(
                .invalid, "a chunk has more than \(StoreLimits.rowsPerChunk) rows", remedy: "hand over smaller chunks")
        }
        try chunk.checkReconciled(in: transaction.database)
        var writer = AcceptanceWriter(chunk: chunk, prepared: made, keys: keys)
        return try writer.write(in: transaction)
    }
}

extension IntakeChunk {
    fileprivate var rows: Int { drafts.count + refused.count }
}
