import AuditLog
import Delivery
import Interchange
import Store

/// 31 provinces in one process, on one thread, with a clock and a network that a seed decides: the store's verbs, the
/// delivery's transitions and the sender's order of steps are the real ones.
public struct World {
    /// How long faults go on, in seconds; then everything is healed.
    static let faultySeconds: Int64 = 7_200
    /// How long the healed world may take to come to rest, in days: what is parked is offered daily.
    static let restDays: Int64 = 5
    static let start = Instant(seconds: 1_782_806_400)

    let seed: UInt64
    var random: Seeded
    var provinces: [SimulatedProvince]
    var queue = EventQueue<SimulatedEvent>()
    var now = World.start
    var observer = Observer()
    /// Pairs that cannot reach each other.
    var partitions: Set<[Int]> = []
    var isHealed = false
    var attempts = 0
    var steps = 0
    var faults = 0
    /// What each receipt's content says.
    var receipts: [[UInt8]: [Outcome]] = [:]
    var linesRead: [MessageID: [EnvelopeLine]] = [:]
    /// What was handed over, and what departures refer to.
    var sentRecords: Set<RecordID> = []
    var references: Set<RecordID> = []
    let limits = RetryLimits()

    public init(seed: UInt64) {
        self.seed = seed
        random = Seeded(seed, for: "world")
        provinces = Province.all.prefix(31).map { SimulatedProvince($0, seed: seed) }
    }

    /// Plays one history to its end.
    /// - Returns: what is wrong, a sentence each; empty when all is well.
    public static func play(seed: UInt64) async throws -> Ending {
        var world = World(seed: seed)
        world.planHistory()
        while let (time, event) = world.queue.next() {
            guard time.milliseconds < start.adding(seconds: faultySeconds + restDays * 86_400).milliseconds else {
                break
            }
            world.now = time
            world.steps += 1
            try await world.happen(event)
        }
        return try await world.ending()
    }

    mutating func happen(_ event: SimulatedEvent) async throws {
        switch event {
        case .intake(let place): try await takeIn(place)
        case .turn(let place, let peer, let life): try await turn(place, peer, life)
        case .arrives(let request): try await arrive(request)
        case .answered(let place, let peer, let attempt, let answer): try await hear(place, peer, attempt, answer)
        case .crash(let place): if !isHealed { crash(place) }
        case .restart(let place): try await restart(place)
        case .cut(let one, let other):
            guard !isHealed else { return }
            partitions.insert([one, other])
            faults += 1
        case .join(let one, let other): partitions.remove([one, other])
        case .setClock(let place, let offset):
            guard !isHealed else { return }
            setClock(place, offset: offset)
            if offset != 0 { faults += 1 }
        case .reload(let place): reload(place)
        case .heal: try await heal()
        case .complete: try await complete()
        }
    }

    mutating func plan(_ event: SimulatedEvent, afterMilliseconds wait: Int64) {
        queue.plan(event, at: now.adding(milliseconds: max(0, wait)))
    }

    /// What a history came to.
    public struct Ending: Sendable {
        public var envelopes: Int
        public var steps: Int
        /// Deaths, partitions and wrong clocks.
        public var faults: Int
        /// What every choice came to: two runs of a seed have the same.
        public var fingerprint: String
        public var findings: [String]
    }

    private func ending() async throws -> Ending {
        var findings = observer.findings()
        var hash: [UInt8] = []
        for province in provinces {
            for lane in try await province.store.backlog() where lane.waiting + lane.parked + lane.dead > 0 {
                findings.append(
                    "\(province.province) to \(lane.peer): \(lane.waiting) waiting, \(lane.parked) parked, \(lane.dead) dead"
                )
            }
            let signed = try await province.store.checkpoint(signedBy: { "\($0) \($1)" }, at: now)
            hash += signed.root.bytes
        }
        findings += try await LogCheck.findings(provinces[Int(seed % UInt64(provinces.count))].store)
        return Ending(
            envelopes: observer.issued.count, steps: steps, faults: faults,
            fingerprint: Digest256(hashing: hash).description,
            findings: findings)
    }
}
