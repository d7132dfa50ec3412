import Delivery
import Interchange
import Testing

/// The order of a sender's steps.
@Suite struct CourierTests {
    /// So that every wait is as short as it may be.
    private struct Zeros: RandomNumberGenerator { mutating func next() -> UInt64 { 0 } }

    private static func courier(batchesInFlight: Int = 2) -> Courier {
        Courier(retry: RetryLimits(), batchesInFlight: batchesInFlight)
    }

    private static func parcel(_ envelopes: Int, limit: Int = 100, attempts: Int = 0) -> Courier.Parcel {
        Courier.Parcel(envelopes: envelopes, limit: limit, attempts: attempts, acceptedAt: noon)
    }

    private func errand(_ courier: inout Courier, at now: Instant = noon) throws -> Courier.Errand {
        guard case .go(let errand) = courier.next(at: now) else { throw NoErrand() }
        return errand
    }

    private struct NoErrand: Error {}

    private static func hear(
        _ courier: inout Courier, _ answer: Courier.Answer, of parcel: Courier.Parcel, on errand: Courier.Errand,
        at now: Instant
    ) -> [Courier.Step] {
        var zeros = Zeros()
        return courier.hear(answer, of: parcel, on: errand, at: now, using: &zeros)
    }

    /// Fails until the circuit is open.
    private func open(_ courier: inout Courier) throws {
        for _ in 0..<5 {
            let errand = try errand(&courier)
            _ = Self.hear(&courier, .unanswered(isLate: false), of: Self.parcel(1), on: errand, at: noon)
            courier.ended(errand)
        }
    }

    @Test func noMoreAreUnderWayThanMayBe() throws {
        var courier = Self.courier(batchesInFlight: 2)
        let first = try errand(&courier)
        _ = try errand(&courier)
        #expect(courier.next(at: noon) == .rest(until: nil))
        courier.ended(first)
        _ = try errand(&courier)
        #expect(courier.next(at: noon) == .rest(until: nil))
    }

    @Test func whatIsUnderWayIsCountedOverAReload() throws {
        var courier = Self.courier(batchesInFlight: 2)
        let first = try errand(&courier)
        let second = try errand(&courier)
        courier.renew(retry: RetryLimits(), batchesInFlight: 1)
        #expect(courier.next(at: noon) == .rest(until: nil))
        courier.ended(first)
        #expect(courier.next(at: noon) == .rest(until: nil))
        courier.ended(second)
        _ = try errand(&courier)
    }

    @Test func whatBeganBeforeAReloadSaysNothingOfTheLane() throws {
        var courier = Self.courier()
        let old = try errand(&courier)
        courier.renew(retry: RetryLimits(), batchesInFlight: 2)
        // With the old certificate: the new one is not to wait for that.
        let steps = Self.hear(
            &courier,
            .refused(status: 403, retryAfterSeconds: nil), of: Self.parcel(3), on: old, at: noon)
        #expect(steps == [.postpone(until: noon, .operator)])
        courier.ended(old)
        _ = try errand(&courier)
    }

    @Test func aReceiptIsSettledBeforeAnybodyIsToldOfIt() throws {
        var courier = Self.courier()
        let errand = try errand(&courier)
        let steps = Self.hear(
            &courier,
            .receipt(after: .seconds(1)), of: Self.parcel(3), on: errand, at: noon)
        #expect(steps == [.settle, .showCircuit(nil)])
        let again = try self.errand(&courier)
        #expect(
            Self.hear(&courier, .receipt(after: .seconds(1)), of: Self.parcel(3), on: again, at: noon)
                == [.settle])
    }

    @Test func afterRepeatedFailureOneEnvelopeTriesIfThePeerIsBack() throws {
        var courier = Self.courier()
        try open(&courier)
        let later = noon.adding(seconds: 1)
        #expect(courier.next(at: noon) == .rest(until: later))
        let probe = try errand(&courier, at: later)
        #expect(probe.isProbe && courier.envelopes(on: probe, within: 100) == 1)
        #expect(courier.next(at: later) == .rest(until: nil))
        let steps = Self.hear(
            &courier,
            .receipt(after: .seconds(1)), of: Self.parcel(1), on: probe, at: later)
        #expect(steps == [.settle, .alert(.circuitClosed), .showCircuit(nil)])
        courier.ended(probe)
        #expect(courier.envelopes(on: try errand(&courier, at: later), within: 100) == 100)
    }

    @Test func aProbeForWhichNothingIsDueLeavesTheCircuitReadyForTheNext() throws {
        var courier = Self.courier()
        try open(&courier)
        let later = noon.adding(seconds: 2)
        courier.ended(try errand(&courier, at: later))
        #expect(try errand(&courier, at: later).isProbe)
    }

    @Test func whatAFailureOfTheStoreLeftLeasedIsTakenBackOnceNothingIsUnderWay() throws {
        var courier = Self.courier()
        let (lost, other) = (try errand(&courier), try errand(&courier))
        courier.interrupted(lost)
        #expect(courier.next(at: noon) == .rest(until: nil))
        courier.ended(other)
        #expect(courier.next(at: noon) == .hasten(.storeRecovered, leasesUntil: noon))
        // The store failed again: the same is asked again.
        #expect(courier.next(at: noon) == .hasten(.storeRecovered, leasesUntil: noon))
        courier.hastened(.storeRecovered, at: noon)
        _ = try errand(&courier)
    }

    @Test func aClockThatWasSetBackMakesWhatWaitsDueAndClosesTheCircuit() throws {
        var courier = Self.courier()
        try open(&courier)
        let earlier = noon.adding(seconds: -3_600)
        #expect(courier.next(at: earlier) == .hasten(.clockSetBack, leasesUntil: earlier.adding(seconds: 300)))
        courier.hastened(.clockSetBack, at: earlier)
        #expect(try errand(&courier, at: earlier).isProbe == false)
    }

    @Test(
        arguments: [
            (413, 8, [.showCircuit(nil), .askAnew, .reopen(inBatchesOf: 4)]),
            (422, 8, [.showCircuit(nil), .reopen(inBatchesOf: 4)]),
            (415, 8, [.askAnew, .showCircuit(nil), .reopen(inBatchesOf: 8)]),
            (415, 1, [.askAnew, .showCircuit(nil), .giveUp(.unreadable)]),
            (409, 8, [.noteRefused, .showCircuit(nil), .reopen(inBatchesOf: 8)]),
            (409, 1, [.noteRefused, .showCircuit(nil), .reopen(inBatchesOf: 1)]),
            (413, 1, [.showCircuit(nil), .askAnew, .giveUp(.unreadable)]),
            (422, 1, [.showCircuit(nil), .giveUp(.unreadable)]),
        ] as [(Int, Int, [Courier.Step])])
    func aBatchThatThePeerClosesGoesOutInOthers(status: Int, envelopes: Int, steps: [Courier.Step]) throws {
        var courier = Self.courier()
        let errand = try errand(&courier)
        let heard = Self.hear(
            &courier,
            .refused(status: status, retryAfterSeconds: nil), of: Self.parcel(envelopes), on: errand,
            at: noon)
        #expect(heard == steps)
    }

    @Test(arguments: [409, 415]) func aPeerThatRefusesEachBatchIsNotHammered(status: Int) throws {
        var courier = Self.courier()
        var steps: [Courier.Step] = []
        for _ in 0..<Lane.defaultFailureThreshold {
            let errand = try errand(&courier)
            steps = Self.hear(
                &courier, .refused(status: status, retryAfterSeconds: nil), of: Self.parcel(8), on: errand, at: noon)
            courier.ended(errand)
        }
        #expect(steps.contains(.alert(.circuitOpened)))
        guard case .rest = courier.next(at: noon) else {
            Issue.record("it goes on at once")
            return
        }
    }

    @Test func whatThePeerTakesNoMoreGoesOutInBatchesThatFit() throws {
        var courier = Self.courier(batchesInFlight: 9)
        func heard(_ most: Int, _ isTooLarge: Bool, of envelopes: Int) throws -> [Courier.Step] {
            let errand = try errand(&courier)
            return Self.hear(
                &courier,
                .outgrown(most: most, isTooLarge: isTooLarge), of: Self.parcel(envelopes), on: errand,
                at: noon)
        }
        #expect(try heard(5, false, of: 8) == [.reopen(inBatchesOf: 5)])
        #expect(try heard(100, true, of: 8) == [.reopen(inBatchesOf: 4)])
        #expect(try heard(100, false, of: 8) == [.reopen(inBatchesOf: 8)])
        #expect(try heard(100, true, of: 1) == [.giveUp(.unreadable)])
    }

    @Test func failuresWaitForWhatTheyAreOf() throws {
        var courier = Self.courier(batchesInFlight: 9)
        func heard(_ answer: Courier.Answer) throws -> Courier.Step? {
            let errand = try errand(&courier)
            return Self.hear(&courier, answer, of: Self.parcel(2), on: errand, at: noon).last
        }
        #expect(try heard(.signAnew) == .postpone(until: noon, .peerBusy))
        #expect(
            try heard(.refused(status: 503, retryAfterSeconds: 7))
                == .postpone(until: noon.adding(seconds: 7), .peerBusy))
        #expect(try heard(.unverified(status: 200, retryAfterSeconds: 7)) == .postpone(until: noon, .backoff))
        #expect(
            try heard(.unverified(status: 429, retryAfterSeconds: 3))
                == .postpone(until: noon.adding(seconds: 3), .peerBusy))
    }

    @Test func whatIsOlderThanTheMaximumAgeIsSetAside() throws {
        var courier = Self.courier()
        let late = noon.adding(seconds: 7 * 86_400)
        let errand = try errand(&courier, at: late)
        let steps = Self.hear(
            &courier,
            .blocked(.unreachable), of: Self.parcel(2), on: errand, at: late)
        #expect(steps.last == .giveUp(.tooOld))
    }

    @Test func anOperatorOpensTheLane() throws {
        var courier = Self.courier()
        try open(&courier)
        #expect(courier.reset(at: noon) == [.showCircuit(nil)])
        #expect(courier.reset(at: noon) == [])
        courier.untold()
        #expect(courier.reset(at: noon) == [.showCircuit(nil)])
        #expect(try errand(&courier).isProbe == false)
    }

    @Test func slowAnswersMakeBatchesSmaller() throws {
        var courier = Self.courier(batchesInFlight: 9)
        let errand = try errand(&courier)
        _ = Self.hear(&courier, .receipt(after: .seconds(9)), of: Self.parcel(100), on: errand, at: noon)
        #expect(courier.envelopes(on: errand, within: 100) == 50)
        _ = Self.hear(&courier, .unanswered(isLate: true), of: Self.parcel(50), on: errand, at: noon)
        #expect(courier.envelopes(on: errand, within: 100) == 12)
    }
}
