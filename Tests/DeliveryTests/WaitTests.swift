import Delivery
import Interchange
import Testing

/// What a waiting delivery says that it waits for.
@Suite struct WaitTests {
    private static let later = noon.adding(seconds: 60)
    private static let latest = noon.adding(seconds: 600)
    private static let reached = PeerStanding(isConfigured: true)
    private static let open = PeerStanding(
        isConfigured: true, circuit: .init(until: later, blockedOn: .circuitOpen))
    private static let refusing = PeerStanding(isConfigured: true, circuit: .init(until: later, blockedOn: .operator))
    private static let fetching = PeerStanding(isConfigured: true, isFetching: true)
    private static let unknown = PeerStanding(isConfigured: false)

    private static let down = DeliveryState.retryable(notBefore: later, blockedOn: .peerDown)
    private static let due = DeliveryState.retryable(notBefore: noon, blockedOn: .peerDown)
    private static let parked = DeliveryState.retryable(notBefore: latest, blockedOn: .parkedReference)

    static let cases: [(DeliveryState, PeerStanding, BlockedOn, Instant?)] = [
        (.available, reached, .ready, nil),
        (.available, fetching, .pulledByPeer, nil),
        (.available, open, .circuitOpen, later),
        (.available, refusing, .operator, later),
        (.available, unknown, .noPeer, nil),
        (.leased(until: later), reached, .inFlight, later),
        (.leased(until: later), open, .inFlight, later),
        (.leased(until: noon), reached, .ready, nil),
        (down, reached, .peerDown, later),
        (down, fetching, .peerDown, later),
        (down, unknown, .noPeer, nil),
        (due, reached, .ready, nil),
        (due, open, .circuitOpen, later),
        (.retryable(notBefore: latest, blockedOn: .peerBusy), open, .circuitOpen, latest),
        (parked, reached, .parkedReference, latest),
        (parked, open, .parkedReference, latest),
        (parked, fetching, .parkedReference, latest),
        (parked, unknown, .noPeer, nil),
        (.deadLettered(.rejected), reached, .operator, nil),
        (.deadLettered(.tooOld), unknown, .operator, nil),
    ]

    @Test(arguments: cases.indices)
    func everyWaitingDeliverySaysWhatItWaitsFor(index: Int) throws {
        let (state, peer, blockedOn, until) = Self.cases[index]
        let wait = try #require(state.wait(for: peer, at: noon))
        #expect(wait.blockedOn == blockedOn)
        #expect(wait.until == until)
        #expect(!wait.advice.english.isEmpty)
        #expect(!wait.advice.chinese.isEmpty)
    }

    @Test(arguments: [DeliveryState.delivered, .cancelled, .discarded])
    func whatIsOverWaitsForNothing(state: DeliveryState) {
        #expect(state.wait(for: Self.reached, at: noon) == nil)
    }

    @Test func aDeadLetterIsToldWhatToDoByItsReason() {
        let advice = [DeadLetterReason.rejected, .conflict, .tooOld, .unreadable].compactMap {
            DeliveryState.deadLettered($0).wait(for: Self.reached, at: noon)?.advice.english
        }
        #expect(Set(advice).count == 4)
    }

    @Test func aLaneSaysUntilWhenItsCircuitIsOpen() {
        var lane = Lane(limits: RetryLimits())
        #expect(lane.openCircuit(at: noon) == nil)
        for _ in 0..<5 { _ = lane.failed(.unreachable, at: noon, jitter: 0.5) }
        let until = noon.adding(milliseconds: 8_000)
        #expect(lane.openCircuit(at: noon) == PeerStanding.Circuit(until: until, blockedOn: .circuitOpen))
        _ = lane.permission(at: until)
        #expect(lane.openCircuit(at: until) == PeerStanding.Circuit(until: until, blockedOn: .circuitOpen))
        _ = lane.succeeded()
        #expect(lane.openCircuit(at: until) == nil)
        _ = lane.failed(.refused, at: noon, jitter: 0.5)
        #expect(lane.openCircuit(at: noon)?.blockedOn == .operator)
    }
}
