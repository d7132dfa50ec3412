import Interchange
import Testing

/// What is taken over of an access notice, and what is not.
@Suite struct StatedInquiryTests {
    private func line(_ content: [String: String] = [:], kind: String = "accessNotice") -> [UInt8] {
        var members = [
            "askedBy": "urn:yizhan:bureau:44:gz-02", "askedAt": "2026-06-30T01:30:00Z", "purpose": "caseInquiry",
            "accessKind": "currentRegistration",
        ]
        members.merge(content) { $1 }
        let text = members.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
        return Array(
            (#"{"kind":"\#(kind)","purpose":"subjectAccess","person":{"idType":"residentId","#
                + #""idNumber":"11010519491231002X","name":"Ouyang Na"},"content":{\#(text)}}"#).utf8)
    }

    private func read(_ line: [UInt8]) -> StatedInquiry? { line.withUnsafeBytes { StatedInquiry(line: $0) } }

    @Test func itSaysWhoAskedWhatWhenAndWhatFor() throws {
        let at = try #require(Instant("2026-06-30T01:30:00Z"))
        #expect(
            read(line())
                == StatedInquiry(
                    askedBy: "urn:yizhan:bureau:44:gz-02", askedAt: at, purpose: .caseInquiry,
                    accessKind: "currentRegistration"))
        let deferred = try #require(read(line(["deferredUntil": "2026-12-31", "deferralGround": "刑事诉讼法 第54条"])))
        #expect(deferred.deferredUntil == CivilDate("2026-12-31"))
        #expect(deferred.deferralGround == "刑事诉讼法 第54条")
        #expect(read(line(kind: "arrival")) == nil)
        #expect(read(Array("{}".utf8)) == nil)
    }

    @Test(arguments: ["11010519491231002X", "bureau 110105-19491231-002x", "file on OUYANG-NA", "a\\nb"])
    func whatNamesThePersonIsLeftOut(text: String) throws {
        let stated = try #require(read(line(["askedBy": text, "accessKind": text, "deferralGround": text])))
        #expect(stated.askedBy == nil && stated.accessKind == nil && stated.deferralGround == nil)
    }

    @Test func aLongAskerIsCutBetweenCharacters() throws {
        let stated = try #require(read(line(["askedBy": String(repeating: "局", count: 80)])))
        #expect(stated.askedBy == String(repeating: "局", count: 42))
    }
}
