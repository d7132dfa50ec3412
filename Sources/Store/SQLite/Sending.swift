import AuditLog
import Foundation
import GRDB
import Interchange

extension SQLiteStore {
    public func leaseBatch(
        for peer: Province, limits: BatchLimits, at now: Instant, until lease: Instant,
        encode: @Sendable @escaping ([UInt8]) throws -> EncodedContent
    ) async throws -> LeasedBatch? {
        if try await awaitsReconciliation(with: peer) { return nil }
        switch try await leaseDue(for: peer, at: now, until: lease) {
        case .leased(let batch): return batch
        case .setAside: return try await leaseBatch(for: peer, limits: limits, at: now, until: lease, encode: encode)
        case .none: break
        }
        let waiting: WaitingEnvelopes
        switch try await gather(for: peer, limits: limits, at: now) {
        case .waiting(let envelopes): waiting = envelopes
        case .unreadable(let content):
            try await setAside(content, of: peer, at: now)
            return try await leaseBatch(for: peer, limits: limits, at: now, until: lease, encode: encode)
        case .none: return nil
        }
        let content = try encode(waiting.lines)
        let formed = FormedBatch(
            id: MessageID(at: now, random: (.random(in: .min ... .max), .random(in: .min ... .max))), peer: peer,
            waiting: waiting, content: content, hours: BatchHours.encode(waiting.lines),
            sealed: try Sealed(content.bytes, as: "batch \(content.digest)", keys: keys))
        // Another worker may have taken the same envelopes meanwhile: then there is nothing to store.
        do {
            try await writes.run { try formed.store(in: $0.database, at: now, leasedUntil: lease) }
        } catch let error as StoreError where error.code == .contended {
            return try await leaseBatch(for: peer, limits: limits, at: now, until: lease, encode: encode)
        }
        return LeasedBatch(
            id: formed.id, peer: peer, content: content, envelopes: waiting.envelopes, attempts: 0,
            acceptedAt: waiting.acceptedAt)
    }

    private enum DueBatch: Sendable {
        case none
        case leased(LeasedBatch)
        /// Its stored content does not open: it is a dead letter now, and keeps nobody back.
        case setAside([Alert])
    }

    /// A batch that was formed before and failed, now due.
    private func leaseDue(for peer: Province, at now: Instant, until lease: Instant) async throws -> DueBatch {
        guard try await nextBatch(for: peer, at: now) != nil else { return .none }
        let keys = keys
        let due = try await writes.run { transaction -> DueBatch in
            let take = try RawStatement(
                transaction.database,
                """
                UPDATE batch SET state = 'leased', due_at = ?3, blocked_on = NULL
                WHERE id = (SELECT id FROM (\(Self.dueBatches)) ORDER BY due_at LIMIT 1)
                RETURNING id, encoding, digest, listing, attempts, accepted_at
                """)
            take.bind(1, Int(peer.number))
            take.bind(2, now.milliseconds)
            take.bind(3, lease.milliseconds)
            let row = try take.first { columns in
                (
                    columns.bytes(0), columns.optionalText(1), columns.bytes(2), columns.bytes(3), columns.integer(4),
                    columns.integer(5)
                )
            }
            guard let row, let id = MessageID(bytes: row.0), let digest = Digest256(row.2) else { return .none }
            let body = try RawStatement(
                transaction.database, "SELECT data_key, body FROM batch_body WHERE batch = ?1")
            body.bind(1, row.0)
            let stored = try body.first { StoredBody(key: $0.integer(0), body: $0.bytes(1)) }
            guard let bytes = try stored?.content(as: "batch \(digest)", keys: keys, in: transaction.database) else {
                return .setAside(try Unreadable.setAside(batch: id, of: peer, at: now, in: transaction))
            }
            return .leased(
                LeasedBatch(
                    id: id, peer: peer, content: EncodedContent(bytes: bytes, encoding: row.1, digest: digest),
                    envelopes: EnvelopeReference.list(row.3), attempts: Int(row.4),
                    acceptedAt: Instant(milliseconds: row.5)))
        }
        if case .setAside(let alerts) = due { announce(alerts) }
        return due
    }

    /// Batches of the peer ?1 that may be sent at ?2: failed before, or leased by somebody who let the lease lapse.
    private static var dueBatches: String {
        """
        SELECT id, due_at FROM batch WHERE peer = ?1 AND state = 'retryable' AND due_at <= ?2
        UNION ALL SELECT id, due_at FROM batch WHERE peer = ?1 AND state = 'leased' AND due_at <= ?2
        """
    }

    private func nextBatch(for peer: Province, at now: Instant) async throws -> Int64? {
        try await read { database in
            let due = try RawStatement(
                database, "SELECT due_at FROM (\(Self.dueBatches)) LIMIT 1")
            due.bind(1, Int(peer.number))
            due.bind(2, now.milliseconds)
            return try due.first { $0.integer(0) }
        }
    }

    /// Parked envelopes that are due go first, in a batch of their own; then segments in order of acceptance.
    private func gather(for peer: Province, limits: BatchLimits, at now: Instant) async throws -> Gathered {
        let keys = keys
        return try await read { database in
            let parked = try WaitingEnvelopes.parked(for: peer, limits, now, database, keys)
            if case .none = parked { return try WaitingEnvelopes.segments(for: peer, limits, database, keys) }
            return parked
        }
    }

    private func setAside(_ content: Unreadable, of peer: Province, at now: Instant) async throws {
        announce(try await writes.run { try content.setAside(of: peer, at: now, in: $0) })
    }

    public func returnLeases() async throws -> Int {
        try await writes.run { transaction in
            // A new process begins with every circuit closed.
            try transaction.database.execute(sql: "DELETE FROM lane")
            try transaction.database.execute(
                sql: "UPDATE batch SET state = 'retryable', due_at = 0 WHERE state = 'leased'")
            return transaction.database.changesCount
        }
    }

    public func postpone(_ batch: MessageID, failure: FailedAttempt) async throws {
        let alerts = try await writes.run { transaction -> [Alert] in
            let database = transaction.database
            try database.execute(
                sql: """
                    UPDATE batch SET attempts = attempts + 1, state = ?, due_at = ?, blocked_on = ?, detail = ?,
                        blocked_since = COALESCE(blocked_since, ?)
                    WHERE id = ? AND state = 'leased'
                    """,
                arguments: [
                    failure.notBefore == nil ? "deadLettered" : "retryable", failure.notBefore?.milliseconds ?? 0,
                    failure.blockedOn, failure.detail, failure.at.milliseconds, Data(batch.bytes),
                ])
            guard database.changesCount == 1 else { return [] }
            let sent = try Row.fetchOne(
                database, sql: "SELECT digest, attempts, envelopes, listing FROM batch WHERE id = ?",
                arguments: [Data(batch.bytes)])
            guard let sent, let digest = Digest256(sent["digest"] as Data) else { return [] }
            try transaction.tail.append(
                Act(
                    .deliveryAttempted, actor: AuditActor(organisation: "gateway"), at: failure.at, batch: batch,
                    outcome: failure.blockedOn == "operator" ? "refused" : "failed", evidence: digest,
                    details: [
                        .peer: failure.peer.description, .attempt: "\(sent["attempts"] as Int)",
                        .entries: "\(sent["envelopes"] as Int)", .code: failure.blockedOn,
                    ]), subject: nil)
            guard failure.notBefore == nil else { return [] }
            for envelope in EnvelopeReference.list(Array(sent["listing"] as Data)) {
                try transaction.tail.append(
                    Act(
                        .deliveryDeadLettered, actor: AuditActor(organisation: "gateway"), at: failure.at,
                        object: envelope.digest, batch: batch,
                        details: [.peer: failure.peer.description, .reason: failure.blockedOn]), subject: nil)
            }
            return try Alerts.countDeadLetters(of: failure.peer, at: failure.at, in: database)
        }
        announce(alerts)
    }

    public func reopen(
        _ batch: MessageID, inBatchesOf envelopes: Int, because reason: String, at now: Instant
    ) async throws {
        let keys = keys
        let peers = try await writes.run { transaction in
            try ReopenedBatch(batch: batch, size: envelopes, reason: reason, at: now, keys: keys).write(in: transaction)
        }
        announce(peers)
    }

    public func nextDue(for peer: Province) async throws -> Instant? {
        if try await awaitsReconciliation(with: peer) { return nil }
        return try await read { database in
            let due = try RawStatement(
                database,
                """
                SELECT MIN(due) FROM (
                    SELECT 0 AS due FROM segment WHERE peer = ?1 AND taken < envelopes AND unreadable = 0 LIMIT 1)
                UNION ALL SELECT MIN(due_at) FROM batch WHERE peer = ?1 AND state = 'retryable'
                UNION ALL SELECT MIN(due_at) FROM batch WHERE peer = ?1 AND state = 'leased'
                UNION ALL SELECT MIN(due_at) FROM exception WHERE peer = ?1 AND state = 'parked'
                """)
            due.bind(1, Int(peer.number))
            var earliest: Int64?
            try due.forEachRow { columns in
                if let time = columns.optionalInteger(0) { earliest = min(earliest ?? time, time) }
            }
            return earliest.map(Instant.init(milliseconds:))
        }
    }
}

/// What waits for a peer and is in no batch.
enum Gathered: Sendable {
    case none
    case waiting(WaitingEnvelopes)
    /// The first of it does not open.
    case unreadable(Unreadable)
}

/// Envelopes that are about to become a batch.
struct WaitingEnvelopes: Sendable {
    /// Envelopes of one segment, `count` from `first` on.
    struct Part: Sendable {
        var segment: Int64
        var first: Int
        var count: Int
    }

    enum Source: Sendable {
        case segments([Part])
        case parked([[UInt8]])
    }

    var source: Source
    var lines: [UInt8]
    var listing: [UInt8]
    var acceptedAt: Instant
    var envelopes: [EnvelopeReference] { EnvelopeReference.list(listing) }

    /// As many envelopes as a batch may hold, from the oldest segments on; of the last segment perhaps only some.
    static func segments(
        for peer: Province, _ limits: BatchLimits, _ database: Database, _ keys: StoreKeys
    ) throws -> Gathered {
        var ready: [(segment: Int64, taken: Int, at: Int64)] = []
        var most = limits.envelopes
        let find = try RawStatement(
            database,
            """
            SELECT id, taken, envelopes, accepted_at FROM segment
            WHERE peer = ?1 AND taken < envelopes AND unreadable = 0 ORDER BY id LIMIT ?2
            """)
        find.bind(1, Int(peer.number))
        find.bind(2, limits.envelopes)
        try find.forEachRow { columns in
            guard most > 0 else { return }
            ready.append((columns.integer(0), Int(columns.integer(1)), columns.integer(3)))
            most -= Int(columns.integer(2)) - Int(columns.integer(1))
        }
        guard let oldest = ready.first else { return .none }
        var waiting = WaitingEnvelopes(
            source: .segments([]), lines: [], listing: [], acceptedAt: Instant(milliseconds: oldest.at))
        var parts: [Part] = []
        for segment in ready {
            do {
                let taken = try waiting.append(segment.segment, from: segment.taken, limits, database, keys)
                guard taken.count > 0 else { break }
                parts.append(taken)
            } catch let error as StoreError where error.code == .corrupt {
                guard parts.isEmpty else { break }
                return .unreadable(.segment(segment.segment))
            }
        }
        waiting.source = .segments(parts)
        return parts.isEmpty ? .none : .waiting(waiting)
    }

    /// Takes lines of a segment until a limit is reached; the first line is always taken, whatever its size.
    private mutating func append(
        _ segment: Int64, from first: Int, _ limits: BatchLimits, _ database: Database, _ keys: StoreKeys
    ) throws -> Part {
        let find = try RawStatement(database, "SELECT listing, data_key, body FROM segment_body WHERE id = ?1")
        find.bind(1, segment)
        let found = try find.first { ($0.bytes(0), StoredBody(key: $0.integer(1), body: $0.bytes(2))) }
        guard let found else {
            throw StoreError(.corrupt, "segment \(segment) has no body", remedy: "restore from backup")
        }
        let text = try found.1.open(as: "segment \(segment)", keys: keys, in: database)
        var part = Part(segment: segment, first: first, count: 0)
        for line in text.split(separator: 0x0A).dropFirst(first) {
            let isFull = listing.count / 48 == limits.envelopes || lines.count + line.count + 1 > limits.bytes
            guard !isFull || listing.isEmpty else { break }
            let place = first + part.count
            listing.append(contentsOf: found.0[place * 48..<place * 48 + 48])
            lines.append(contentsOf: line)
            lines.append(0x0A)
            part.count += 1
        }
        return part
    }

    static func parked(
        for peer: Province, _ limits: BatchLimits, _ now: Instant, _ database: Database, _ keys: StoreKeys
    ) throws -> Gathered {
        let due = try RawStatement(
            database,
            """
            SELECT envelope, data_key, body, together, CASE reason WHEN 'split' THEN since END FROM exception
            WHERE peer = ?1 AND state = 'parked' AND due_at <= ?2 ORDER BY due_at LIMIT ?3
            """)
        due.bind(1, Int(peer.number))
        due.bind(2, now.milliseconds)
        due.bind(3, limits.envelopes)
        var ids: [[UInt8]] = []
        var most = limits.envelopes
        var waiting = WaitingEnvelopes(source: .parked([]), lines: [], listing: [], acceptedAt: now)
        var unreadable: MessageID?
        try due.forEachRow { columns in
            let id = columns.bytes(0)
            guard unreadable == nil, let message = MessageID(bytes: id) else { return }
            let stored = StoredBody(key: columns.integer(1), body: columns.bytes(2))
            guard let line = try stored.content(as: "exception \(message)", keys: keys, in: database) else {
                unreadable = message
                return
            }
            most = min(most, Int(columns.integer(3)))
            guard ids.isEmpty || (ids.count < most && waiting.lines.count + line.count < limits.bytes) else { return }
            ids.append(id)
            // The age of what is parked does not run; the age of what was only taken apart goes on.
            if let since = columns.optionalInteger(4) {
                waiting.acceptedAt = min(waiting.acceptedAt, Instant(milliseconds: since))
            }
            waiting.listing.append(id: message, digest: Digest256(hashing: line))
            waiting.lines.append(contentsOf: line)
            waiting.lines.append(0x0A)
        }
        waiting.source = .parked(ids)
        if ids.isEmpty, let unreadable { return .unreadable(.envelope(unreadable)) }
        return ids.isEmpty ? .none : .waiting(waiting)
    }
}

/// A batch as it is stored before its first byte is sent.
struct FormedBatch: Sendable {
    var id: MessageID
    var peer: Province
    var waiting: WaitingEnvelopes
    var content: EncodedContent
    /// In which its envelopes were issued.
    var hours: [UInt8]
    var sealed: Sealed

    /// - Throws: ``StoreError`` `contended` when the envelopes are no longer free.
    func store(in database: Database, at now: Instant, leasedUntil lease: Instant) throws {
        try insert(in: database, leasedUntil: lease)
        try BatchHours.keep(hours, of: id, in: database)
        guard try claim(in: database) else {
            throw StoreError(.contended, "the envelopes were taken meanwhile", remedy: "lease again")
        }
        let key = try sealed.keep(in: database, at: now)
        let body = try RawStatement(database, "INSERT INTO batch_body(batch, data_key, body) VALUES (?1, ?2, ?3)")
        body.bind(1, id.bytes)
        body.bind(2, key)
        body.bind(3, sealed.body)
        try body.run()
    }

    private func insert(in database: Database, leasedUntil lease: Instant) throws {
        let insert = try RawStatement(
            database,
            """
            INSERT INTO batch(id, peer, state, envelopes, accepted_at, due_at, encoding, digest, listing)
            VALUES (?1, ?2, 'leased', ?3, ?4, ?5, ?6, ?7, ?8)
            """)
        insert.bind(1, id.bytes)
        insert.bind(2, Int(peer.number))
        insert.bind(3, waiting.listing.count / 48)
        insert.bind(4, waiting.acceptedAt.milliseconds)
        insert.bind(5, lease.milliseconds)
        if let encoding = content.encoding { insert.bind(6, encoding) } else { insert.bindNull(6) }
        insert.bind(7, content.digest.bytes)
        insert.bind(8, waiting.listing)
        try insert.run()
    }

    private func claim(in database: Database) throws -> Bool {
        switch waiting.source {
        case .segments(let parts):
            let claim = try RawStatement(
                database, "UPDATE segment SET taken = taken + ?3 WHERE id = ?1 AND taken = ?2")
            let link = try RawStatement(
                database, "INSERT INTO batch_part(batch, segment, first, count) VALUES (?1, ?2, ?3, ?4)")
            for part in parts {
                claim.bind(1, part.segment)
                claim.bind(2, part.first)
                claim.bind(3, part.count)
                try claim.run()
                guard database.changesCount == 1 else { return false }
                link.bind(1, id.bytes)
                link.bind(2, part.segment)
                link.bind(3, part.first)
                link.bind(4, part.count)
                try link.run()
            }
        case .parked(let envelopes):
            let claim = try RawStatement(
                database,
                """
                UPDATE exception SET state = 'offered', attempts = attempts + 1 WHERE envelope = ?1 AND state = 'parked'
                """)
            for envelope in envelopes {
                claim.bind(1, envelope)
                try claim.run()
                guard database.changesCount == 1 else { return false }
            }
        }
        return true
    }
}
