import Delivery
import Interchange
import Store

/// One province: what is on its disk, and what it loses when it dies.
struct SimulatedProvince {
    /// The way to one peer, in memory only.
    struct Way {
        /// The gateway's own.
        var courier: Courier
        /// Attempts that are under way, by their numbers.
        var underWay: [Int: (batch: LeasedBatch, errand: Courier.Errand)] = [:]
        /// The earliest turn that is planned.
        var planned: Instant?

        init(retry: RetryLimits) {
            courier = Courier(retry: retry, batchesInFlight: SimulatedProvince.batchesInFlight)
        }
    }

    static let batchesInFlight = 3

    let province: Province
    private let disk: MemoryDisk
    private(set) var store: MemoryStore
    var ways: [Int: Way] = [:]
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
        ways = [:]
    }

    /// As a gateway starts: nobody can hold a lease, and no time can be trusted.
    /// - Returns: the peers for whom something is there.
    mutating func restart(at now: Instant) async throws -> [Province] {
        isAlive = true
        store = MemoryStore(disk: disk)
        _ = try await store.returnLeases()
        let peers = try await store.backlog().map(\.peer)
        for peer in peers { try await store.hasten(peer, at: clock(now), leasesUntil: clock(now)) }
        return peers
    }
}
