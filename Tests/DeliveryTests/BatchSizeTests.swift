import Delivery
import Testing

@Suite struct BatchSizeTests {
    @Test func itBeginsAtTheLimitAndFollowsIt() {
        let size = BatchSize()
        #expect(size.envelopes(within: 1_000) == 1_000)
        #expect(size.envelopes(within: 7) == 7)
        #expect(size.envelopes(within: 0) == 1)
    }

    @Test func aSlowAnswerHalvesTheNextBatch() {
        var size = BatchSize(target: .seconds(2))
        size.answered(1_000, in: .seconds(8), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 500)
        size.answered(500, in: .seconds(4), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 250)
    }

    @Test func anAnswerWithinTheTargetChangesNothing() {
        var size = BatchSize(target: .seconds(2))
        size.answered(1_000, in: .seconds(3), limit: 1_000)
        size.answered(500, in: .seconds(2), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 500)
    }

    @Test func fastAnswersDoubleItUpToTheLimit() {
        var size = BatchSize(target: .seconds(2))
        size.answered(1_000, in: .seconds(8), limit: 1_000)
        size.answered(500, in: .seconds(4), limit: 1_000)
        size.answered(250, in: .milliseconds(900), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 500)
        size.answered(500, in: .milliseconds(900), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 1_000)
        #expect(size.envelopes(within: 4_000) == 4_000)
    }

    @Test func theAnswerToASmallerBatchThanAllowedSaysNothing() {
        var size = BatchSize(target: .seconds(2))
        size.answered(1, in: .seconds(9), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 1_000)
        size.answered(1_000, in: .seconds(8), limit: 1_000)
        size.answered(3, in: .milliseconds(1), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 500)
    }

    @Test func aDistantPeerGetsWholeBatches() {
        var size = BatchSize(target: .seconds(2))
        size.answered(1_000, in: .seconds(4), limit: 1_000)
        size.answered(500, in: .milliseconds(3_500), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 1_000)
        size.answered(1_000, in: .seconds(4), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 1_000)
        // Once it was fast, slowness may be its size again.
        size.answered(1_000, in: .seconds(1), limit: 1_000)
        size.answered(1_000, in: .seconds(4), limit: 1_000)
        #expect(size.envelopes(within: 1_000) == 500)
    }

    @Test func silenceQuartersItDownToTheSmallest() {
        var size = BatchSize()
        size.timedOut(1_000)
        #expect(size.envelopes(within: 1_000) == 250)
        for _ in 0..<9 { size.timedOut(size.envelopes(within: 1_000)) }
        #expect(size.envelopes(within: 1_000) == 10)
        #expect(size.envelopes(within: 5) == 5)
    }
}
