import AuditLog
import Interchange
import Store
import Testing

/// The tree of a window, apart from any store.
@Suite struct LeafTests {
    private let digest = Digest256(Array(0..<32 as Range<UInt8>))

    private func leaf(_ number: UInt64, _ outcome: FinalOutcome = .accepted) throws -> Leaf {
        Leaf(id: message(number), digest: try #require(digest), outcome: outcome)
    }

    @Test func aLeafIsTheHashOfIdDigestAndFinal() throws {
        #expect(
            try leaf(1).hash.description == "2c4901e39db38273bc2d6eb2ee7b71aae9b229e86a70e19dde5be59f6ccfc12c")
    }

    @Test func theRootIsThatOfRFC9162() throws {
        let leaves = [try leaf(1), try leaf(2, .stale), try leaf(3)]
        #expect(LeafSummary(of: []) == .empty)
        #expect(
            LeafSummary.empty.root.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(LeafSummary(of: leaves[..<1]) == LeafSummary(leaves: 1, root: leaves[0].hash))
        #expect(
            LeafSummary(of: leaves[..<2]).root.description
                == "216ee9d1aa0bc8e866f2041d7680dfcf5c3a93ee50280e2f0d1c8cd78189272e")
        #expect(
            LeafSummary(of: leaves).root.description
                == "9233570f36aaeb3b6a1380292d084e5734816f7f38e56965114779a2f6874525")
    }

    @Test(arguments: [
        ("2026-06-30T08:00:00Z", "2026-06-30T08:00:00Z"), ("2026-06-30T08:59:59.999Z", "2026-06-30T08:00:00Z"),
        ("1969-12-31T23:30:00Z", "1969-12-31T23:00:00Z"),
    ])
    func anHourBeginsAtItsStart(_ text: String, _ start: String) throws {
        let instant = try #require(Instant(text))
        #expect(IssueHour(of: instant).start.description == start)
    }

    @Test func theSuccessorIsTheNextId() {
        #expect(MessageID(high: 1, low: 2).successor == MessageID(high: 1, low: 3))
        #expect(MessageID(high: 1, low: .max).successor == MessageID(high: 2, low: 0))
        #expect(MessageID(high: .max, low: .max).successor == MessageID(high: .max, low: .max))
    }
}
