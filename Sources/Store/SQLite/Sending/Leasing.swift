import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func leaseBatch(
        for peer: Province, limits: BatchLimits, at now: Instant, until lease: Instant, packed: FrameEncoder?,
        encode: @Sendable @escaping ([UInt8]) throws -> EncodedContent
    ) async throws -> LeasedBatch? {
        func again() async throws -> LeasedBatch? {
            try await leaseBatch(for: peer, limits: limits, at: now, until: lease, packed: packed, encode: encode)
        }
        if try await awaitsReconciliation(with: peer) { return nil }
        switch try await leaseDue(for: peer, at: now, until: lease) {
        case .leased(let batch): return batch
        case .setAside: return try await again()
        case .none: break
        }
        let waiting: WaitingEnvelopes
        switch try await gather(for: peer, limits: limits, asFrame: packed != nil, at: now) {
        case .waiting(let envelopes): waiting = envelopes
        case .unreadable(let content):
            try await setAside(content, of: peer, at: now)
            return try await again()
        case .none: return nil
        }
        let content =
            if let frame = waiting.frame, let packed {
                packed(frame.bytes, frame.plainBytes)
            } else {
                try encode(waiting.lines)
            }
        let formed = FormedBatch(
            id: MessageID(at: now, random: (.random(in: .min ... .max), .random(in: .min ... .max))), peer: peer,
            waiting: waiting, content: content, hours: waiting.frame?.hours ?? BatchHours.encode(waiting.lines),
            sealed: waiting.frame == nil
                ? try Sealed(content.bytes, as: "batch \(content.digest)", keys: keys) : nil)
        // Another worker may have taken the same envelopes meanwhile: then there is nothing to store.
        do {
            try await writes.run { try formed.store(in: $0.database, at: now, leasedUntil: lease) }
        } catch let error as StoreError where error.code == .contended {
            return try await again()
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
            guard let bytes = try Self.content(of: id, digest, keys: keys, in: transaction.database) else {
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

    /// What the batch was sent as; nil when it does not open, or is not that any more.
    private static func content(
        of batch: MessageID, _ digest: Digest256, keys: StoreKeys, in database: Database
    ) throws -> [UInt8]? {
        let body = try RawStatement(database, "SELECT data_key, body FROM batch_body WHERE batch = ?1")
        body.bind(1, batch.bytes)
        if let stored = try body.first({ StoredBody(key: $0.integer(0), body: $0.bytes(1)) }) {
            return try stored.content(as: "batch \(digest)", keys: keys, in: database)
        }
        guard let frame = try SegmentFrame.content(of: batch, keys: keys, in: database),
            Digest256(hashing: frame) == digest
        else { return nil }
        return frame
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
    private func gather(
        for peer: Province, limits: BatchLimits, asFrame mayBeFrame: Bool, at now: Instant
    ) async throws -> Gathered {
        let keys = keys
        return try await read { database in
            let parked = try WaitingEnvelopes.parked(for: peer, limits, now, database, keys)
            if case .none = parked {
                return try WaitingEnvelopes.segments(for: peer, limits, asFrame: mayBeFrame, database, keys)
            }
            return parked
        }
    }

    private func setAside(_ content: Unreadable, of peer: Province, at now: Instant) async throws {
        announce(try await writes.run { try content.setAside(of: peer, at: now, in: $0) })
    }
}
