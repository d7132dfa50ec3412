import Delivery
import Interchange
import Store

/// One province: what is on its disk, and what it loses when it dies.
struct SimulatedProvince {
    /// The way to one peer, in memory only.
    struct Courier {
        var lane: Lane
        var watch = ClockWatch()
        /// The attempt that is under way.
        var underWay: (attempt: Int, batch: LeasedBatch)?
        /// The earliest turn that is planned.
        var planned: Instant?

        init(limits: RetryLimits) { lane = Lane(limits: limits) }
    }

    let province: Province
    private let disk: MemoryDisk
    private(set) var store: MemoryStore
    var couriers: [Int: Courier] = [:]
    private(set) var isAlive = true
    /// Counts its starts: what was planned in an earlier life does not happen.
    private(set) var life = 0
    /// By how much its clock is wrong, in milliseconds.
    var offset: Int64 = 0

    init(_ province: Province, seed: UInt64) {
        self.province = province
        disk = MemoryDisk(generator: Seeded(seed, for: province.description))
        store = MemoryStore(disk: disk)
    }

    func clock(_ now: Instant) -> Instant { now.adding(milliseconds: offset) }

    mutating func crash() {
        isAlive = false
        life += 1
        couriers = [:]
    }

    /// As a gateway starts: nobody can hold a lease, and no time can be trusted.
    mutating func restart(peers: [Province], at now: Instant) async throws {
        isAlive = true
        store = MemoryStore(disk: disk)
        _ = try await store.returnLeases()
        for peer in peers { try await store.hasten(peer, at: clock(now), leasesUntil: clock(now)) }
    }
}
