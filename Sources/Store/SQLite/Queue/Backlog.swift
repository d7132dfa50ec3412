import Foundation
import GRDB
import Interchange

extension SQLiteReading {
    public func backlog() async throws -> [LaneBacklog] {
        try await read { database in
            var lanes: [Province: LaneBacklog] = [:]
            for row in try Row.fetchAll(database, sql: Self.backlogQuery) {
                guard let peer = Province(number: row["peer"]) else { continue }
                var lane = lanes[peer] ?? LaneBacklog(peer: peer)
                Self.add(row, to: &lane)
                lanes[peer] = lane
            }
            for peer in try DemandedReconciliations.all(in: database) { lanes[peer]?.blockedOn = "reconciliation" }
            return lanes.values.sorted { $0.peer < $1.peer }
        }
    }

    private static var backlogQuery: String {
        """
        SELECT peer, 'free' AS state, SUM(envelopes - taken) AS envelopes, MIN(accepted_at) AS oldest, NULL AS blocked_on,
            NULL AS detail, NULL AS due_at
        FROM segment WHERE taken < envelopes GROUP BY peer
        UNION ALL
        SELECT peer, state, SUM(envelopes), MIN(accepted_at), MAX(blocked_on), MAX(detail), MIN(due_at)
        FROM batch WHERE \(OpenBatches.condition) GROUP BY peer, state
        UNION ALL
        -- By what they were made of: an envelope that was offered again is in several batches, and was delivered once.
        SELECT peer, 'delivered', SUM(count), NULL, NULL, NULL, NULL
        FROM batch_part JOIN batch ON batch.id = batch_part.batch WHERE state IN ('delivered', 'closed') GROUP BY peer
        UNION ALL
        SELECT peer, 'exception ' || state, COUNT(*), MIN(since), MAX(reason), MAX(codes), MIN(due_at)
        FROM exception WHERE state IN ('deadLettered', 'offered') OR (state = 'parked' AND reason = 'parkedReference')
        GROUP BY peer, state
        UNION ALL
        SELECT peer, 'exception split', COUNT(*), MIN(since), NULL, NULL, NULL
        FROM exception WHERE state = 'parked' AND reason <> 'parkedReference' GROUP BY peer
        UNION ALL
        SELECT peer, 'exception withdrawn', COUNT(*), NULL, NULL, NULL, NULL
        FROM exception WHERE withdrawn IS NOT NULL GROUP BY peer
        UNION ALL
        SELECT peer, 'exception expired', COUNT(*), NULL, NULL, NULL, NULL
        FROM exception WHERE state = 'settled' AND reason = 'expired' AND withdrawn IS NULL GROUP BY peer
        """
    }

    private static func add(_ row: Row, to lane: inout LaneBacklog) {
        let envelopes: Int = row["envelopes"]
        let oldest = (row["oldest"] as Int64?).map(Instant.init(milliseconds:))
        switch row["state"] as String {
        case "free": lane.waiting += envelopes
        case "leased", "retryable":
            lane.waiting += envelopes
            lane.inBatches += envelopes
            lane.blockedOn = row["blocked_on"] ?? lane.blockedOn
            lane.detail = row["detail"] ?? lane.detail
            if row["state"] as String == "retryable" {
                lane.nextAttempt = (row["due_at"] as Int64?).map(Instant.init(milliseconds:))
            }
        case "delivered":
            lane.delivered += envelopes
            return
        case "exception split":
            lane.delivered -= envelopes
            lane.waiting += envelopes
        case "exception offered", "exception expired":
            // Counted with the batch that they are in now, or erased before they were delivered.
            lane.delivered -= envelopes
            return
        case "exception withdrawn":
            lane.delivered -= envelopes
            lane.withdrawn += envelopes
            return
        case "exception parked":
            lane.delivered -= envelopes
            lane.parked += envelopes
            lane.nextAttempt = lane.nextAttempt ?? (row["due_at"] as Int64?).map(Instant.init(milliseconds:))
        case "exception deadLettered":
            lane.delivered -= envelopes
            lane.dead += envelopes
            return
        default:
            lane.dead += envelopes
            return
        }
        if let oldest { lane.oldest = min(lane.oldest ?? oldest, oldest) }
    }
}
