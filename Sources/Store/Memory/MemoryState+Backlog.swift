import Interchange

extension MemoryState {
    func backlog() -> [LaneBacklog] {
        var lanes: [Province: LaneBacklog] = [:]
        func change(_ peer: Province, _ body: (inout LaneBacklog) -> Void) {
            body(&lanes[peer, default: LaneBacklog(peer: peer)])
        }
        func age(_ lane: inout LaneBacklog, _ since: Instant) { lane.oldest = min(lane.oldest ?? since, since) }
        for (peer, envelopes) in free {
            guard let oldest = envelopes.first else { continue }
            change(peer) { lane in
                lane.waiting += envelopes.count
                age(&lane, oldest.acceptedAt)
            }
        }
        for batch in batches.values {
            switch batch.state {
            case .delivered, .closed: break
            case .deadLettered: change(batch.peer) { $0.dead += unsettled(batch) }
            case .leased, .retryable:
                change(batch.peer) { lane in
                    lane.waiting += unsettled(batch)
                    lane.inBatches += unsettled(batch)
                    (lane.blockedOn, lane.detail) = (batch.blockedOn ?? lane.blockedOn, batch.detail ?? lane.detail)
                    age(&lane, batch.acceptedAt)
                    guard batch.state == .retryable else { return }
                    lane.nextAttempt = min(lane.nextAttempt ?? batch.due, batch.due)
                }
            }
        }
        for exception in exceptions.values {
            switch exception.state {
            case .offered, .settled: break
            case .deadLettered: change(exception.peer) { $0.dead += 1 }
            case .parked:
                change(exception.peer) { lane in
                    if exception.reason == "split" { lane.waiting += 1 } else { lane.parked += 1 }
                    age(&lane, exception.since)
                }
            }
        }
        for (peer, envelopes) in settled { change(peer) { $0.delivered += envelopes.count } }
        return lanes.values.sorted { $0.peer < $1.peer }
    }

    private func unsettled(_ batch: Batch) -> Int {
        batch.envelopes.count { settled[batch.peer]?.contains($0.id) != true }
    }

    func deliveries(peer: Province?, limit: Int) -> [DeliverySummary] {
        var found: [DeliverySummary] = []
        for (to, envelopes) in free.sorted(by: { $0.key < $1.key }) where peer == nil || to == peer {
            guard let oldest = envelopes.first else { continue }
            found.append(
                DeliverySummary(
                    unit: .segment, peer: to, envelopes: envelopes.count, state: "available", attempts: 0,
                    acceptedAt: oldest.acceptedAt))
        }
        for (id, batch) in batches.sorted(by: { $0.key < $1.key }) where peer == nil || batch.peer == peer {
            guard ![.delivered, .closed].contains(batch.state) else { continue }
            found.append(
                DeliverySummary(
                    unit: .batch, batch: id, peer: batch.peer, envelopes: batch.envelopes.count,
                    state: batch.state.rawValue,
                    attempts: batch.attempts, acceptedAt: batch.acceptedAt,
                    nextAttempt: batch.due.milliseconds > 0 ? batch.due : nil, blockedOn: batch.blockedOn,
                    detail: batch.detail))
        }
        for (id, exception) in exceptions.sorted(by: { $0.key < $1.key }) where peer == nil || exception.peer == peer {
            guard [.parked, .deadLettered].contains(exception.state) else { continue }
            found.append(
                DeliverySummary(
                    unit: .envelope, batch: id, peer: exception.peer, envelopes: 1, state: exception.state.rawValue,
                    attempts: 0,
                    acceptedAt: exception.since, nextAttempt: exception.due, blockedOn: exception.reason,
                    detail: exception.codes))
        }
        return Array(found.prefix(limit))
    }
}
