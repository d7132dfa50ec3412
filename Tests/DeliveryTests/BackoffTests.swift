import Delivery
import Interchange
import Seeding
import Testing

@Suite struct BackoffTests {
    /// Milliseconds from the failure to the next attempt.
    static func wait(
        _ failure: AttemptFailure, attempts: Int, jitter: Double, limits: RetryLimits = RetryLimits()
    ) -> Int64? {
        let event = DeliveryEvent.failed(failure, attempts: attempts, acceptedAt: noon, jitter: jitter)
        let next = DeliveryState.leased(until: noon).applying(event, at: noon, limits: limits)
        guard case .retryable(let notBefore, _)? = next else { return nil }
        return notBefore.milliseconds - noon.milliseconds
    }

    @Test(
        arguments: [
            (1, 500), (2, 1_000), (3, 2_000), (4, 4_000), (10, 256_000), (11, 450_000), (12, 450_000),
            (1_000_000, 450_000),
            (0, 500), (-1, 500), (Int.max, 450_000), (Int.min, 500),
        ] as [(Int, Int64)])
    func theBoundDoublesUpToTheMaximum(attempts: Int, halfOfTheBound: Int64) {
        #expect(Self.wait(.unreachable, attempts: attempts, jitter: 0.5) == halfOfTheBound)
    }

    @Test func jitterSpreadsTheWaitOverTheWholeBound() {
        #expect(Self.wait(.unreachable, attempts: 3, jitter: 0) == 0)
        #expect(Self.wait(.unreachable, attempts: 3, jitter: 0.25) == 1_000)
        #expect(Self.wait(.unreachable, attempts: 3, jitter: 0.999_999) == 3_999)
    }

    @Test func everyDrawnWaitIsWithinItsBound() throws {
        let seed: UInt64 = 0x59_695A_6861_6E01
        var generator = SplitMix64(seed: seed)
        for attempts in 1...20 {
            let bound = min(900_000, Int64(1_000) << Int64(attempts - 1))
            for _ in 0..<200 {
                let wait = try #require(
                    Self.wait(.unverified, attempts: attempts, jitter: .random(in: 0..<1, using: &generator)))
                #expect(wait >= 0 && wait < bound, "seed \(seed), attempt \(attempts)")
            }
        }
    }

    @Test(
        arguments: [
            (nil, 500), (0, 500), (-5, 500), (1, 1_000), (120, 120_000), (3_600, 3_600_000), (3_601, 3_600_000),
            (Int.max, 3_600_000), (Int.min, 500),
        ] as [(Int?, Int64)])
    func retryAfterIsHonouredUpToAnHour(asked: Int?, expected: Int64) {
        #expect(Self.wait(.busy(retryAfterSeconds: asked), attempts: 1, jitter: 0.5) == expected)
    }

    @Test func aLongInitialWaitStaysBelowTheMaximumHoweverOftenItDoubles() throws {
        let limits = RetryLimits(initialBackoff: .seconds(5 * 86_400), maximumBackoff: .seconds(6 * 86_400))
        for attempts in 1...100 {
            let wait = try #require(Self.wait(.unreachable, attempts: attempts, jitter: 0.5, limits: limits))
            #expect(wait >= 216_000_000 && wait <= 259_200_000)
        }
    }

    @Test func defaultsAreThoseOfTheConfiguration() {
        let limits = RetryLimits()
        #expect(limits.initialBackoff.milliseconds == 1_000)
        #expect(limits.maximumBackoff.milliseconds == 900_000)
        #expect(limits.maximumAge.milliseconds == 604_800_000)
        #expect(limits.maximumRetryAfter.milliseconds == 3_600_000)
        #expect(Duration.nanoseconds(1_999_999).milliseconds == 1)
    }
}
