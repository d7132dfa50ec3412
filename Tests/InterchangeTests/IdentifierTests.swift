import Interchange
import Testing

@Suite struct RecordIDTests {
    @Test func writesThirtyTwoCharactersOfCrockfordsBase32() throws {
        let home = try #require(Province("45"))
        let register = try #require(Province("44"))
        let ones = RecordID(home: home, register: register, high: .max, low: .max)
        #expect(ones.description == "45-44-7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
        let one = RecordID(home: home, register: register, high: 0, low: 1)
        #expect(one.description == "45-44-00000000000000000000000001")
        let top = RecordID(home: home, register: register, high: 1 << 63, low: 0)
        #expect(top.description == "45-44-40000000000000000000000000")
    }

    @Test(arguments: ["45-44-0123456789ABCDEFGHJKMNPQRS", "11-82-7ZZZZZZZZZZZZZZZZZZZZZZZZZ"])
    func readsBackWhatItWrites(text: String) {
        #expect(RecordID(text)?.description == text)
    }

    @Test(arguments: [
        "45-44-8000000000000000000000000", "45-44-80000000000000000000000000", "45-44-0123456789ABCDEFGHJKMNPQRI",
        "45-44-0123456789abcdefghjkmnpqrs", "99-44-00000000000000000000000001", "45_44-00000000000000000000000001", "",
    ])
    func refusesWhatIsNoRecord(text: String) {
        #expect(RecordID(text) == nil)
    }
}

@Suite struct MessageIDTests {
    /// RFC 9562, appendix A.6.
    @Test func makesTheExampleOfTheStandard() {
        let id = MessageID(at: Instant(milliseconds: 0x017F_22E2_79B0), random: (0xCC3, 0x18C4_DC0C_0C07_398F))
        #expect(id.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test func readsBothCasesAndWritesTheLower() {
        #expect(
            MessageID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")?.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(MessageID("017f22e279b07cc398c4dc0c0c07398f") == nil)
        #expect(MessageID("017f22e2-79b0-7cc3-98c4-dc0c0c07398g") == nil)
    }

    @Test func sortsByTime() {
        let early = MessageID(at: Instant(milliseconds: 1), random: (.max, .max))
        let late = MessageID(at: Instant(milliseconds: 2), random: (0, 0))
        #expect(early < late)
    }

    @Test func goesThroughSixteenBytes() throws {
        let id = try #require(MessageID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"))
        #expect(id.bytes.first == 0x01)
        #expect(MessageID(bytes: id.bytes) == id)
        #expect(MessageID(bytes: id.bytes.dropLast()) == nil)
    }
}

@Suite struct ProvinceTests {
    @Test func thereAreThirtyFour() {
        #expect(Province.all.count == 34)
        #expect(Province("83") == nil)
        #expect(Province("1") == nil)
        #expect(DivisionCode("441823")?.province?.description == "44")
        #expect(DivisionCode("990101")?.province == nil)
    }
}
