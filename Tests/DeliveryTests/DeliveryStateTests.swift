import Delivery
import Interchange
import Testing

/// 2026-06-30T08:00:00Z; the clock of these tests, moved by hand.
let noon = Instant(seconds: 1_782_806_400)

@Suite struct DeliveryStateTests {
    private static let until = noon.adding(seconds: 60)
    private static let later = noon.adding(seconds: 300)
    private static let accepted = noon.adding(seconds: -3_600)

    static let states: [DeliveryState] = [
        .available, .leased(until: until), .retryable(notBefore: later, blockedOn: .peerDown), .delivered,
        .deadLettered(.rejected), .cancelled, .discarded,
    ]

    static let events: [DeliveryEvent] = [
        .leased(until: until), .leaseLapsed, .settled,
        .failed(.unreachable, attempts: 1, acceptedAt: accepted, jitter: 0.5), .deadLettered(.conflict),
        .retriedByOperator, .cancelled, .discarded,
    ]

    /// A row for each state, a column for each event, both in the order above; nil where the event cannot happen.
    static let table: [[DeliveryState?]] = [
        [.leased(until: until), nil, .delivered, nil, .deadLettered(.conflict), nil, .cancelled, nil],
        [
            nil, .available, .delivered, .retryable(notBefore: noon.adding(milliseconds: 500), blockedOn: .peerDown),
            .deadLettered(.conflict), nil, nil, nil,
        ],
        [.leased(until: until), nil, .delivered, nil, .deadLettered(.conflict), .available, .cancelled, nil],
        [nil, nil, nil, nil, nil, nil, nil, nil],
        [nil, nil, .delivered, nil, nil, .available, nil, .discarded],
        [nil, nil, nil, nil, nil, nil, nil, nil],
        [nil, nil, nil, nil, nil, nil, nil, nil],
    ]

    @Test(arguments: states.indices, events.indices)
    func everyEventHasItsOutcomeInEveryState(state: Int, event: Int) {
        let next = Self.states[state].applying(Self.events[event], at: noon, limits: RetryLimits())
        #expect(next == Self.table[state][event])
    }

    @Test(arguments: [
        (AttemptFailure.unreachable, BlockedOn.peerDown), (.busy(retryAfterSeconds: nil), .peerBusy),
        (.busy(retryAfterSeconds: 1), .peerBusy), (.unverified, .backoff), (.refused, .operator),
    ])
    func aFailureSaysWhatTheDeliveryWaitsFor(failure: AttemptFailure, expected: BlockedOn) {
        let event = DeliveryEvent.failed(failure, attempts: 1, acceptedAt: noon, jitter: 0)
        let next = Self.states[1].applying(event, at: noon, limits: RetryLimits())
        guard case .retryable(_, let blockedOn) = next else { return #expect(Bool(false), "not retryable") }
        #expect(blockedOn == expected)
    }

    @Test(
        arguments: [
            (604_799_999, false), (604_800_000, true), (604_800_001, true),
        ] as [(Int64, Bool)])
    func whatFailsAtTheMaximumAgeIsADeadLetter(age: Int64, isTooOld: Bool) {
        let event = DeliveryEvent.failed(
            .unreachable, attempts: 9, acceptedAt: noon.adding(milliseconds: -age), jitter: 0)
        let next = Self.states[1].applying(event, at: noon, limits: RetryLimits())
        #expect((next == .deadLettered(.tooOld)) == isTooOld)
    }

    @Test(arguments: BlockedOn.allCases)
    func everyWaitHasAdviceInBothLanguages(blockedOn: BlockedOn) {
        #expect(!blockedOn.advice.english.isEmpty)
        #expect(!blockedOn.advice.chinese.isEmpty)
    }
}
