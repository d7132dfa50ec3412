import Delivery
import Interchange
import Testing

@Suite struct LaneTests {
    private static func lane(failing times: Int, _ failure: AttemptFailure = .unreachable) -> (Lane, [Lane.Alert?]) {
        var lane = Lane(limits: RetryLimits())
        let alerts = (0..<times).map { _ in lane.failed(failure, at: noon, jitter: 0.5) }
        return (lane, alerts)
    }

    @Test func aNewLaneSends() {
        var lane = Lane(limits: RetryLimits())
        #expect(lane.permission(at: noon) == .send)
    }

    @Test func fourFailuresLeaveTheCircuitClosed() {
        var (lane, alerts) = Self.lane(failing: 4)
        #expect(alerts == [nil, nil, nil, nil])
        #expect(lane.permission(at: noon) == .send)
    }

    @Test func theFifthFailureInARowOpensTheCircuitWithOneAlert() {
        var (lane, alerts) = Self.lane(failing: 6)
        #expect(alerts == [nil, nil, nil, nil, .circuitOpened, nil])
        // The sixth failure's bound is 32 s, of which the jitter takes half.
        #expect(lane.permission(at: noon) == .wait(until: noon.adding(milliseconds: 16_000), .circuitOpen))
    }

    @Test func aSuccessBetweenFailuresStartsTheCountAnew() {
        var (lane, _) = Self.lane(failing: 4)
        #expect(lane.succeeded() == nil)
        for _ in 0..<4 { #expect(lane.failed(.unreachable, at: noon, jitter: 0.5) == nil) }
        #expect(lane.permission(at: noon) == .send)
    }

    @Test func anOpenCircuitLetsOneProbeThroughAtItsTime() {
        var (lane, _) = Self.lane(failing: 5)
        let until = noon.adding(milliseconds: 8_000)
        #expect(lane.permission(at: until.adding(milliseconds: -1)) == .wait(until: until, .circuitOpen))
        #expect(lane.permission(at: until) == .probe)
        #expect(lane.permission(at: until) == .wait(until: until.adding(seconds: 1), .circuitOpen))
    }

    @Test func aProbeThatSucceedsClosesTheCircuitWithOneAlert() {
        var (lane, _) = Self.lane(failing: 5)
        _ = lane.permission(at: noon.adding(seconds: 10))
        #expect(lane.succeeded() == .circuitClosed)
        #expect(lane.succeeded() == nil)
        #expect(lane.permission(at: noon.adding(seconds: 10)) == .send)
    }

    @Test func aProbeThatFailsOpensTheCircuitForLongerWithoutAnAlert() {
        var (lane, _) = Self.lane(failing: 5)
        let probe = noon.adding(seconds: 10)
        #expect(lane.permission(at: probe) == .probe)
        #expect(lane.failed(.unverified, at: probe, jitter: 0.5) == nil)
        #expect(lane.permission(at: probe) == .wait(until: probe.adding(seconds: 16), .circuitOpen))
    }

    @Test func anAbandonedProbeMayBeMadeAgainAtOnce() {
        var (lane, _) = Self.lane(failing: 5)
        let probe = noon.adding(seconds: 10)
        #expect(lane.permission(at: probe) == .probe)
        lane.probeAbandoned()
        #expect(lane.permission(at: probe) == .probe)
        lane.probeAbandoned()
        #expect(lane.succeeded() == .circuitClosed)
    }

    @Test func abandoningWithoutAProbeChangesNothing() {
        var lane = Lane(limits: RetryLimits())
        lane.probeAbandoned()
        #expect(lane.permission(at: noon) == .send)
        var (open, _) = Self.lane(failing: 5)
        open.probeAbandoned()
        #expect(open.permission(at: noon) == .wait(until: noon.adding(milliseconds: 8_000), .circuitOpen))
    }

    @Test func aRefusedIdentityOpensTheCircuitAtOnceForAnOperator() {
        var (lane, alerts) = Self.lane(failing: 2, .refused)
        #expect(alerts == [.identityRefused, nil])
        #expect(lane.permission(at: noon) == .wait(until: noon.adding(seconds: 900), .operator))
        #expect(lane.permission(at: noon.adding(seconds: 900)) == .probe)
    }

    @Test func anOpenCircuitWaitsAtLeastTheInitialBackoff() {
        var lane = Lane(limits: RetryLimits(), failureThreshold: 1)
        #expect(lane.failed(.unreachable, at: noon, jitter: 0) == .circuitOpened)
        #expect(lane.permission(at: noon) == .wait(until: noon.adding(milliseconds: 1_000), .circuitOpen))
    }

    @Test func anOpenCircuitHonoursRetryAfter() {
        var lane = Lane(limits: RetryLimits(), failureThreshold: 1)
        _ = lane.failed(.busy(retryAfterSeconds: 120), at: noon, jitter: 0)
        #expect(lane.permission(at: noon) == .wait(until: noon.adding(seconds: 120), .circuitOpen))
    }

    @Test func aThresholdBelowOneIsOne() {
        var lane = Lane(limits: RetryLimits(), failureThreshold: 0)
        #expect(lane.failed(.unreachable, at: noon, jitter: 0) == .circuitOpened)
    }

    @Test func aResetLaneSendsAndCountsAnew() {
        var (lane, _) = Self.lane(failing: 5)
        lane.reset()
        #expect(lane.permission(at: noon) == .send)
        for _ in 0..<4 { #expect(lane.failed(.unreachable, at: noon, jitter: 0.5) == nil) }
        #expect(lane.failed(.unreachable, at: noon, jitter: 0.5) == .circuitOpened)
    }
}

extension LaneTests {
    @Test func aPeerWithoutACommonVersionIsAskedAgainAfterTheLongestWait() {
        var lane = Lane(limits: RetryLimits())
        #expect(lane.failed(.noCommonVersion, at: noon, jitter: 0.5) == .noCommonVersion)
        #expect(lane.permission(at: noon) == .wait(until: noon.adding(seconds: 900), .noCommonVersion))
        #expect(lane.permission(at: noon.adding(seconds: 900)) == .probe)
    }
}
