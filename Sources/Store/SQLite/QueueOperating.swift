import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func retry(_ choice: DeliveryChoice, by actor: AuditActor, at now: Instant) async throws -> Retried {
        let retried = try await writes.run { [keys] transaction in
            var operation = QueueOperation(actor: actor, at: now, keys: keys)
            return try operation.retry(choice, in: transaction)
        }
        announce(retried.peers)
        return retried
    }

    public func replay(_ choice: DeliveryChoice, by actor: AuditActor, at now: Instant) async throws -> Int {
        try await operate(by: actor, at: now) { try $0.replay(choice, in: $1) }
    }

    public func cancel(_ id: MessageID, by actor: AuditActor, at now: Instant) async throws -> Int {
        try await operate(by: actor, at: now) { try $0.cancel(id, in: $1) }
    }

    public func discard(
        _ ids: [MessageID], because reason: String, by actor: AuditActor, at now: Instant
    ) async throws -> Int {
        guard AuditDetail.reason.allows(reason) else {
            throw StoreError(
                .invalid, "the reason is not one word of visible ASCII characters without a long number",
                remedy: "give a word such as duplicate")
        }
        return try await operate(by: actor, at: now) { try $0.discard(ids, because: reason, in: $1) }
    }

    public func repair(
        _ envelope: MessageID, with draft: Draft, by actor: AuditActor, at now: Instant
    ) async throws -> MessageID {
        try await operate(by: actor, at: now) { try $0.repair(envelope, with: draft, in: $1) }
    }

    public func deadLetterLine(_ envelope: MessageID) async throws -> [UInt8] {
        try await read { [keys] database in
            if let row = try ExceptionRow.find(envelope, in: database), row.state == .deadLettered {
                return try row.line(keys, in: database)
            }
            guard let batch = try HeldBatch.open(holding: envelope, in: database), batch.state == .deadLettered,
                let place = batch.envelopes.firstIndex(where: { $0.id == envelope })
            else { throw QueueOperation.missing(envelope, "a dead letter") }
            var lines = BatchLines()
            return try lines.line(place, of: batch.id, in: database, keys: keys)
        }
    }

    public func objections(to drafts: [Draft]) async throws -> [RefusedRow.Reason?] {
        try await writes.run { transaction in
            try drafts.map { try StateRules.objection(to: $0, in: transaction) }
        }
    }

    /// Runs an operation; then tells who has something to send, and of alerts.
    private func operate<Value: Sendable>(
        by actor: AuditActor, at now: Instant,
        _ body: @escaping @Sendable (inout QueueOperation, borrowing Transaction) throws -> Value
    ) async throws -> Value {
        let (value, peers, alerts) = try await writes.run { [keys] transaction in
            var operation = QueueOperation(actor: actor, at: now, keys: keys)
            let value = try body(&operation, transaction)
            return (value, operation.peers, try operation.alerts(in: transaction))
        }
        announce(alerts)
        announce(peers)
        return value
    }
}

/// One act of an operator on deliveries, within one transaction.
struct QueueOperation {
    let actor: AuditActor
    let at: Instant
    let keys: StoreKeys
    /// Peers whose deliveries it touched.
    private(set) var peers: Set<Province> = []

    init(actor: AuditActor, at: Instant, keys: StoreKeys) {
        self.actor = actor
        self.at = at
        self.keys = keys
    }

    static func missing(_ id: MessageID, _ what: String) -> StoreError {
        StoreError(.notFound, "\(id) is not the id of \(what)", remedy: "see `yizhan queue list`")
    }

    private static func unfit(_ id: MessageID, _ why: String, _ remedy: String) -> StoreError {
        StoreError(.invalid, "\(id) \(why)", remedy: remedy)
    }

    func alerts(in transaction: borrowing Transaction) throws -> [Alert] {
        var alerts: [Alert] = []
        for peer in peers.sorted() {
            alerts += try Alerts.countDeadLetters(of: peer, at: at, in: transaction.database)
        }
        return alerts
    }

    private mutating func enter(
        _ event: AuditEvent, object: Digest256, batch: MessageID? = nil, of peer: Province, reason: String? = nil,
        in transaction: borrowing Transaction
    ) throws {
        var act = Act(event, actor: actor, at: at, object: object, batch: batch, details: [.peer: peer.description])
        act.details[.reason] = reason
        try transaction.tail.append(act, subject: nil)
        peers.insert(peer)
    }

    // MARK: Retry

    mutating func retry(_ choice: DeliveryChoice, in transaction: borrowing Transaction) throws -> Retried {
        var count = 0
        switch choice {
        case .ids(let ids):
            for id in try Self.checked(ids) { count += try retry(id, in: transaction) ? 1 : 0 }
        case .peer(let peer):
            for batch in try HeldBatch.all(of: peer, in: .retryable, transaction.database) where batch.due > at {
                try retry(batch, in: transaction)
                count += 1
            }
            for id in try Self.parked(for: peer, after: at, transaction.database) {
                count += try retry(id, in: transaction) ? 1 : 0
            }
            try transaction.database.execute(
                sql: "UPDATE segment SET unreadable = 0 WHERE peer = ? AND unreadable = 1",
                arguments: [Int(peer.number)])
            peers.insert(peer)
        }
        return Retried(deliveries: count, peers: peers)
    }

    /// At most ``StoreLimits/chosenDeliveries``, each once.
    private static func checked(_ ids: [MessageID]) throws -> [MessageID] {
        guard ids.count <= StoreLimits.chosenDeliveries else {
            throw StoreError(
                .invalid, "more than \(StoreLimits.chosenDeliveries) deliveries at once", remedy: "name a peer instead")
        }
        var seen: Set<MessageID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    private static func parked(for peer: Province, after now: Instant, _ database: Database) throws -> [MessageID] {
        let find = try RawStatement(
            database, "SELECT envelope FROM exception WHERE peer = ?1 AND state = 'parked' AND due_at > ?2")
        find.bind(1, Int(peer.number))
        find.bind(2, now.milliseconds)
        var ids: [MessageID] = []
        try find.forEachRow { if let id = MessageID(bytes: $0.bytes(0)) { ids.append(id) } }
        return ids
    }

    /// - Returns: false for one that is being sent, or due already.
    private mutating func retry(_ id: MessageID, in transaction: borrowing Transaction) throws -> Bool {
        let database = transaction.database
        if let batch = try HeldBatch.find(id, in: database) {
            switch batch.state {
            case .leased: return false
            case .retryable:
                try retry(batch, in: transaction)
                return true
            case .deadLettered: throw Self.unfit(id, "is a dead letter", "use `yizhan queue replay`")
            case .delivered, .closed: throw Self.unfit(id, "does not wait", "see `yizhan queue show`")
            }
        }
        guard let row = try ExceptionRow.find(id, in: database) else {
            guard let batch = try HeldBatch.open(holding: id, in: database) else {
                throw Self.missing(id, "a delivery that waits for a time")
            }
            return try retry(batch.id, in: transaction)
        }
        switch row.state {
        case .parked:
            let due = try RawStatement(database, "UPDATE exception SET due_at = ?2 WHERE envelope = ?1")
            due.bind(1, id.bytes)
            due.bind(2, at.milliseconds)
            try due.run()
            try enter(.deliveryRetried, object: row.object(keys, in: database), of: row.peer, in: transaction)
            return true
        case .offered:
            guard let batch = try HeldBatch.open(holding: id, in: database) else { return false }
            return try retry(batch.id, in: transaction)
        case .deadLettered: throw Self.unfit(id, "is a dead letter", "use `yizhan queue replay`")
        case .settled: throw Self.unfit(id, "does not wait", "see `yizhan queue show`")
        }
    }

    private mutating func retry(_ batch: HeldBatch, in transaction: borrowing Transaction) throws {
        let due = try RawStatement(
            transaction.database, "UPDATE batch SET due_at = ?2 WHERE id = ?1 AND state = 'retryable'")
        due.bind(1, batch.id.bytes)
        due.bind(2, at.milliseconds)
        try due.run()
        try enter(
            .deliveryRetried, object: batch.digest ?? Digest256(hashing: batch.listing), batch: batch.id,
            of: batch.peer, in: transaction)
    }

    // MARK: Replay

    mutating func replay(_ choice: DeliveryChoice, in transaction: borrowing Transaction) throws -> Int {
        var ids: [MessageID]
        switch choice {
        case .ids(let chosen): ids = try Self.checked(chosen)
        case .peer(let peer):
            ids = try HeldBatch.all(of: peer, in: .deadLettered, transaction.database).map(\.id)
            ids += try ExceptionRow.dead(of: peer, in: transaction.database)
        }
        for id in ids { try replay(id, in: transaction) }
        return ids.count
    }

    private mutating func replay(_ id: MessageID, in transaction: borrowing Transaction) throws {
        let database = transaction.database
        if let row = try ExceptionRow.find(id, in: database), row.state == .deadLettered {
            let object = row.object(keys, in: database)
            // An envelope whose content was erased cannot go again.
            _ = try row.line(keys, in: database)
            try row.replay(at: at, in: database)
            return try enter(.deliveryReplayed, object: object, of: row.peer, reason: row.reason, in: transaction)
        }
        guard let batch = try HeldBatch.find(id, in: database), batch.state == .deadLettered else {
            throw try whyNot(id, in: database)
        }
        let free = try RawStatement(
            database,
            """
            UPDATE batch SET state = 'retryable', due_at = ?2, accepted_at = ?2, blocked_on = NULL, blocked_since = NULL
            WHERE id = ?1
            """)
        free.bind(1, id.bytes)
        free.bind(2, at.milliseconds)
        try free.run()
        for envelope in batch.envelopes {
            try enter(
                .deliveryReplayed, object: envelope.digest, batch: id, of: batch.peer, reason: batch.blockedOn,
                in: transaction)
        }
    }

    /// Why an act on dead letters does not fit.
    private func whyNot(_ id: MessageID, in database: Database) throws -> StoreError {
        if let batch = try HeldBatch.open(holding: id, in: database), batch.state == .deadLettered {
            return Self.unfit(id, "is in the dead batch \(batch.id)", "name the batch")
        }
        let isKnown = try HeldBatch.find(id, in: database) != nil || ExceptionRow.find(id, in: database) != nil
        return isKnown
            ? Self.unfit(id, "is no dead letter", "see `yizhan queue show`") : Self.missing(id, "a dead letter")
    }

    // MARK: Discard

    mutating func discard(
        _ ids: [MessageID], because reason: String, in transaction: borrowing Transaction
    ) throws -> Int {
        var count = 0
        for id in try Self.checked(ids) {
            if let row = try ExceptionRow.find(id, in: transaction.database), row.state == .deadLettered {
                let object = row.object(keys, in: transaction.database)
                try row.withdraw(as: .discarded, in: transaction.database)
                try enter(.deliveryDiscarded, object: object, of: row.peer, reason: reason, in: transaction)
                count += 1
                continue
            }
            guard let batch = try HeldBatch.find(id, in: transaction.database), batch.state == .deadLettered else {
                throw try whyNot(id, in: transaction.database)
            }
            count += try withdraw(batch, .deliveryDiscarded, as: .discarded, reason, in: transaction)
        }
        return count
    }

    /// Withdraws every envelope of a batch that is not settled.
    private mutating func withdraw(
        _ batch: HeldBatch, _ event: AuditEvent, as withdrawal: ExceptionRow.Withdrawal, _ reason: String? = nil,
        in transaction: borrowing Transaction
    ) throws -> Int {
        try batch.close(at: at, in: transaction.database, keys: keys) { _ in .withdrawn(withdrawal) }
        for envelope in batch.envelopes {
            try enter(
                event, object: envelope.digest, batch: batch.id, of: batch.peer, reason: reason, in: transaction)
        }
        return batch.envelopes.count
    }

    // MARK: Cancel

    mutating func cancel(_ id: MessageID, in transaction: borrowing Transaction) throws -> Int {
        let database = transaction.database
        if let batch = try HeldBatch.find(id, in: database) {
            try checkCancellable(batch)
            return try withdraw(batch, .deliveryCancelled, as: .cancelled, in: transaction)
        }
        if let row = try ExceptionRow.find(id, in: database), row.state != .offered {
            switch row.state {
            case .deadLettered: throw Self.unfit(id, "is a dead letter", "use `yizhan queue discard`")
            case .settled: throw Self.unfit(id, "does not wait", "see `yizhan queue show`")
            case .parked, .offered: break
            }
            let object = row.object(keys, in: database)
            try row.withdraw(as: .cancelled, in: database)
            try enter(.deliveryCancelled, object: object, of: row.peer, in: transaction)
            return 1
        }
        guard let batch = try batch(waitingWith: id, in: transaction) else { throw Self.missing(id, "a delivery") }
        try checkCancellable(batch)
        try batch.close(at: at, in: database, keys: keys) { envelope in
            envelope.id == id ? .withdrawn(.cancelled) : .again(together: StoreLimits.chosenDeliveries)
        }
        guard let envelope = batch.envelopes.first(where: { $0.id == id }) else { throw Self.missing(id, "a delivery") }
        try enter(.deliveryCancelled, object: envelope.digest, batch: batch.id, of: batch.peer, in: transaction)
        return 1
    }

    private func checkCancellable(_ batch: HeldBatch) throws {
        switch batch.state {
        case .retryable: break
        case .leased where batch.due <= at: break
        case .leased: throw Self.unfit(batch.id, "is being sent", "try again in a moment")
        case .deadLettered: throw Self.unfit(batch.id, "is a dead letter", "use `yizhan queue discard`")
        case .delivered, .closed: throw Self.unfit(batch.id, "does not wait", "see `yizhan queue show`")
        }
    }

    /// The batch that has the envelope; of what is in none, a batch formed of its segment's rest.
    private func batch(waitingWith id: MessageID, in transaction: borrowing Transaction) throws -> HeldBatch? {
        let database = transaction.database
        if let open = try HeldBatch.open(holding: id, in: database) { return open }
        guard let (rest, place) = try SegmentRest.place(of: id, in: database) else { return nil }
        if let sent = try rest.batch(holding: place, in: database) { return sent }
        return try rest.formed(
            at: at, random: (transaction.tail.random(), transaction.tail.random()), in: database)
    }

    // MARK: Repair

    mutating func repair(
        _ id: MessageID, with draft: Draft, in transaction: borrowing Transaction
    ) throws -> MessageID {
        let database = transaction.database
        if let batch = try HeldBatch.open(holding: id, in: database), batch.state == .deadLettered {
            // The others stay dead letters, each by itself.
            try batch.close(at: at, in: database, keys: keys) { _ in .dead(reason: batch.blockedOn ?? "tooOld") }
        }
        guard let row = try ExceptionRow.find(id, in: database), row.state == .deadLettered else {
            throw try whyNot(id, in: database)
        }
        let key = draft.record
        guard EnvelopeHeader(line: try row.line(keys, in: database))?.record == draft.record else {
            throw Self.unfit(id, "is about another record", "report this as a defect")
        }
        guard try transaction.record(key)?.envelope == id else {
            throw Self.unfit(
                id, "is not the newest version of its record: a later one was issued", "use `yizhan queue discard`")
        }
        var writer = AcceptanceWriter(
            chunk: IntakeChunk(run: RunID(number: 0), actor: actor, drafts: [draft], refused: [], at: at), keys: keys)
        let (acceptance, peers) = try writer.write(in: transaction)
        guard acceptance.new == 1, let envelope = try transaction.record(key)?.envelope
        else { throw Self.unfit(id, "would say the same as before", "change a value, or use `yizhan queue replay`") }
        let object = row.object(keys, in: database)
        try row.withdraw(as: .superseded, in: database)
        self.peers.formUnion(peers)
        try enter(.deliveryRepaired, object: object, of: row.peer, reason: row.reason, in: transaction)
        return envelope
    }
}
