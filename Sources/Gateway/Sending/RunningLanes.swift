import Interchange
import Synchronization

/// Work towards one peer while it goes on: who does it now. A change never cuts anything off: the turn that is under way
/// ends with the old driver, the next one is the new one's.
final class RunningLane<Driver: Sendable>: Sendable {
    let peer: Province
    let wakeup = Wakeup()
    private let current: Mutex<Driver?>

    init(peer: Province, driver: Driver) {
        self.peer = peer
        current = Mutex(driver)
    }

    /// Nil once the lane is closed.
    var driver: Driver? { current.withLock { $0 } }

    fileprivate func use(_ driver: Driver?) {
        current.withLock { $0 = driver }
        wakeup.wake()
    }
}

/// A lane for each peer. They open and close while the gateway runs.
final class RunningLanes<Driver: Sendable>: Sendable {
    /// Each lane once, when it opens.
    let opened: AsyncStream<RunningLane<Driver>>
    private let opening: AsyncStream<RunningLane<Driver>>.Continuation
    private let running = Mutex<[Province: RunningLane<Driver>]>([:])

    init() { (opened, opening) = AsyncStream.makeStream() }

    func wake(_ peers: Set<Province>) {
        let lanes = running.withLock { lanes in peers.compactMap { lanes[$0] } }
        for lane in lanes { lane.wakeup.wake() }
    }

    /// Who sends to the peer now.
    func driver(of peer: Province) -> Driver? { running.withLock { $0[peer] }?.driver }

    /// Opens, changes and closes lanes until there is one for each of the drivers.
    func become(_ drivers: [Province: Driver]) {
        running.withLock { lanes in
            for (peer, lane) in lanes where drivers[peer] == nil {
                lane.use(nil)
                lanes[peer] = nil
            }
            for (peer, driver) in drivers {
                if let lane = lanes[peer] {
                    lane.use(driver)
                } else {
                    let lane = RunningLane(peer: peer, driver: driver)
                    lanes[peer] = lane
                    opening.yield(lane)
                }
            }
        }
    }
}
