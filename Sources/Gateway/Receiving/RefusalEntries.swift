import AuditLog
import Exchange
import Interchange
import Store
import Synchronization

/// Enters in the audit log that what a peer sent was refused for good: at most one entry for each peer and code in a while, which says
/// how many it stands for, so that a peer that hammers cannot fill the log.
package struct RefusalEntries: Sendable {
    let store: any Store
    let counts: RefusalCounts
    /// Between two entries of one peer and code.
    let interval: Duration

    package init(store: any Store, counts: RefusalCounts, interval: Duration) {
        (self.store, self.counts, self.interval) = (store, counts, interval)
    }

    /// Returns when the entry is durable, if there is one.
    /// - Parameters:
    ///   - event: `batch.refused` or `receipt.refused`.
    ///   - batch: nil when the request does not say.
    /// - Throws: ``StoreError``: then the refusal is not to be told, so that the peer tries again.
    package func enter(
        _ event: AuditEvent, _ error: WireError, of batch: MessageID?, from peer: Province, at now: Instant
    ) async throws {
        let kind = RefusalCounts.Kind(event: event, peer: peer, code: error.code)
        guard error.isForGood, let entries = counts.take(kind, at: now, interval: interval) else { return }
        var details: AuditDetails = [
            .peer: peer.description, .code: error.code.rawValue, .entries: "\(entries)",
        ]
        if event == .batchRefused { details[.status] = "\(error.status)" }
        do {
            try await store.record([
                Act(
                    event, actor: AuditActor(organisation: "urn:yizhan:province:\(peer)"), at: now, batch: batch,
                    details: details)
            ])
        } catch {
            counts.giveBack(entries, of: kind)
            throw error
        }
    }
}

/// How many refusals have no entry yet. What is followed by nothing keeps none but its line in the gateway's own log.
package final class RefusalCounts: Sendable {
    package struct Kind: Hashable {
        var event: AuditEvent
        var peer: Province
        var code: WireErrorCode

        package init(event: AuditEvent, peer: Province, code: WireErrorCode) {
            (self.event, self.peer, self.code) = (event, peer, code)
        }
    }

    private struct Count {
        /// When there was an entry.
        var last: Instant?
        /// Refused since then.
        var untold = 0
    }

    private let counts = Mutex<[Kind: Count]>([:])

    package init() {}

    /// - Returns: how many an entry now stands for; nil when there was one a moment ago.
    package func take(_ kind: Kind, at now: Instant, interval: Duration) -> Int? {
        counts.withLock { counts in
            let count = counts[kind] ?? Count()
            // A clock that was set back opens the way, too.
            if let last = count.last, abs(now.milliseconds - last.milliseconds) < interval.milliseconds {
                counts[kind] = Count(last: last, untold: count.untold + 1)
                return nil
            }
            counts[kind] = Count(last: now)
            return count.untold + 1
        }
    }

    package func giveBack(_ entries: Int, of kind: Kind) {
        counts.withLock { $0[kind] = Count(untold: ($0[kind]?.untold ?? 0) + entries) }
    }
}

extension WireError {
    /// Whether a peer that proved who it is is told that the same will not be taken later either.
    fileprivate var isForGood: Bool {
        code != .peerUnknown && [400, 403, 409, 413, 415, 422].contains(status)
    }
}
