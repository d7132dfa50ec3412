import AuditLog
import GRDB
import Interchange

extension SQLiteReading {
    public func deliveries(peer: Province?, limit: Int) async throws -> [DeliverySummary] {
        try await read { database in
            let find = try RawStatement(
                database,
                """
                SELECT * FROM (
                    SELECT 'segment', NULL, peer, SUM(envelopes - taken), 'available', 0, MIN(accepted_at), NULL, NULL,
                        CASE unreadable WHEN 1 THEN 'unreadable' END, NULL
                    FROM segment WHERE taken < envelopes AND (?1 IS NULL OR peer = ?1) GROUP BY peer, unreadable
                    UNION ALL
                    SELECT 'batch', id, peer, envelopes, state, attempts, accepted_at, due_at, blocked_since, blocked_on,
                        detail
                    FROM batch WHERE \(OpenBatches.condition) AND (?1 IS NULL OR peer = ?1)
                    UNION ALL
                    SELECT \(DeliverySummary.exceptionColumns)
                    FROM exception WHERE state IN ('parked', 'deadLettered') AND (?1 IS NULL OR peer = ?1)
                ) LIMIT ?2
                """)
            if let peer { find.bind(1, Int(peer.number)) } else { find.bindNull(1) }
            find.bind(2, limit)
            var found: [DeliverySummary] = []
            try find.forEachRow { if let summary = DeliverySummary($0) { found.append(summary) } }
            return found
        }
    }

    public func delivery(_ id: MessageID) async throws -> DeliveryDetail? {
        try await read { database in
            if let batch = try DeliveryDetail(batch: id, in: database) { return batch }
            if let row = try DeliveryDetail(exception: id, in: database) { return row }
            return try DeliveryDetail(envelope: id, in: database)
        }
    }
}

extension DeliverySummary {
    /// What is `parked` only because it was taken out of its batch, or replayed, waits for nothing but its turn.
    fileprivate static var exceptionColumns: String {
        """
        'envelope', envelope, peer, 1,
            CASE WHEN withdrawn IS NOT NULL THEN withdrawn
                WHEN state = 'settled' AND reason = '\(ExceptionRow.expired)' THEN 'expired'
                WHEN state = 'settled' THEN 'delivered'
                WHEN state = 'parked' AND reason <> 'parkedReference' THEN 'available' ELSE state END,
            attempts, since, due_at, CASE WHEN state = 'parked' AND reason = 'parkedReference' THEN since END,
            CASE WHEN state = 'deadLettered' OR reason = 'parkedReference' THEN reason END, codes
        """
    }

    fileprivate init?(_ columns: borrowing RawStatement.Columns) {
        guard let unit = DeliveryUnit(rawValue: columns.text(0)), let peer = Province(number: Int(columns.integer(2)))
        else { return nil }
        let state = columns.text(4)
        let waits = ["retryable", "leased", "parked", "available"].contains(state)
        self.init(
            unit: unit, batch: columns.optionalBytes(1).flatMap { MessageID(bytes: $0) }, peer: peer,
            envelopes: Int(columns.integer(3)), state: state, attempts: Int(columns.integer(5)),
            acceptedAt: Instant(milliseconds: columns.integer(6)),
            nextAttempt: columns.optionalInteger(7).flatMap { waits && $0 > 0 ? Instant(milliseconds: $0) : nil },
            blockedSince: columns.optionalInteger(8).map(Instant.init(milliseconds:)),
            blockedOn: columns.optionalText(9), detail: columns.optionalText(10))
    }
}

extension DeliveryDetail {
    fileprivate init?(batch id: MessageID, in database: Database) throws {
        let find = try RawStatement(
            database,
            """
            SELECT 'batch', id, peer, envelopes, state, attempts, accepted_at, due_at, blocked_since, blocked_on, detail,
                listing, settled_at
            FROM batch WHERE id = ?1
            """)
        find.bind(1, id.bytes)
        let found = try find.first { columns in
            DeliverySummary(columns).map {
                DeliveryDetail(
                    summary: $0, envelopes: EnvelopeReference.list(columns.bytes(11)), findings: [], inBatch: nil,
                    settledAt: columns.optionalInteger(12).map(Instant.init(milliseconds:)))
            }
        }
        guard let found, let found else { return nil }
        self = found
    }

    fileprivate init?(exception id: MessageID, in database: Database) throws {
        let find = try RawStatement(
            database,
            "SELECT \(DeliverySummary.exceptionColumns), codes, places, digest, state FROM exception WHERE envelope = ?1"
        )
        find.bind(1, id.bytes)
        let found = try find.first { columns -> (DeliveryDetail, state: String)? in
            guard let summary = DeliverySummary(columns) else { return nil }
            let places = columns.text(12).split(separator: "\n", omittingEmptySubsequences: false)
            let findings = columns.text(11).split(separator: " ").enumerated().map { place, code in
                PeerFinding(code: String(code), pointer: place < places.count ? String(places[place]) : "")
            }
            let digest = columns.optionalBytes(13).flatMap { Digest256($0) }
            let envelopes = digest.map { [EnvelopeReference(id: id, digest: $0)] } ?? []
            return (
                DeliveryDetail(
                    summary: summary, envelopes: envelopes, findings: findings, inBatch: nil, settledAt: nil),
                columns.text(14)
            )
        }
        guard let found = found ?? nil else { return nil }
        var detail = found.0
        if found.state == "offered", let batch = try HeldBatch.open(holding: id, in: database) {
            detail.inBatch = batch.id
            detail.summary.state = batch.state.rawValue
            detail.summary.blockedOn = batch.blockedOn
        }
        self = detail
    }

    /// An envelope that never needed a row of its own: in its segment, or in the batch that it went out in.
    fileprivate init?(envelope id: MessageID, in database: Database) throws {
        guard let (rest, place) = try SegmentRest.place(of: id, in: database) else { return nil }
        guard let batch = try rest.batch(holding: place, in: database) else {
            guard let waiting = try DeliveryDetail(rest, place, envelope: id, in: database) else {
                return nil
            }
            self = waiting
            return
        }
        guard var detail = try DeliveryDetail(batch: batch.id, in: database) else { return nil }
        detail.inBatch = batch.id
        detail.envelopes = detail.envelopes.filter { $0.id == id }
        (detail.summary.unit, detail.summary.batch, detail.summary.envelopes) = (.envelope, id, 1)
        self = detail
    }

    /// One before what was taken, and in no batch, was erased.
    private init?(_ rest: SegmentRest, _ place: Int, envelope id: MessageID, in database: Database) throws {
        let find = try RawStatement(
            database,
            """
            SELECT 'envelope', ?2, peer, 1, CASE WHEN ?3 < taken THEN 'expired' ELSE 'available' END, 0, accepted_at, NULL, NULL,
                CASE unreadable WHEN 1 THEN 'unreadable' END, NULL, listing
            FROM segment JOIN segment_body ON segment_body.id = segment.id WHERE segment.id = ?1
            """)
        find.bind(1, rest.segment)
        find.bind(2, id.bytes)
        find.bind(3, place)
        let found = try find.first { columns in
            DeliverySummary(columns).map {
                DeliveryDetail(
                    summary: $0, envelopes: EnvelopeReference.list(columns.bytes(11)).filter { $0.id == id },
                    findings: [], inBatch: nil, settledAt: nil)
            }
        }
        guard let found, let found else { return nil }
        self = found
    }
}
