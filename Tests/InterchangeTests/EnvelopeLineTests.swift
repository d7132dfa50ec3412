import Interchange
import Testing

/// Reading envelopes back from the lines that were made of them.
@Suite struct EnvelopeLineTests {
    private func draft(_ fixed: String, kind: Kind = .permit) throws -> Draft {
        Draft(
            kind: kind, from: try #require(Province("41")), to: try #require(Province("51")),
            record: try #require(RecordID("51-41-00000000000000000000000001")), purpose: .permitService,
            issuedAt: Instant(seconds: 1_782_806_400), retainUntil: CivilDate(daysSince1970: 21_000),
            flags: [.idChecksum],
            subject: nil, reference: nil, fixed: Array(fixed.utf8))
    }

    private static let permit =
        #""purpose":"permitService","legalBasis":"居住证暂行条例 第7条","flags":["ID_CHECKSUM"],"person":{"idType":"none","#
        + #""name":"测试","sex":"1","birthDate":"1990-01-01","hukouDivision":"510105","ethnicity":"01"},"#
        + #""content":{"permitNumber":"P1","permitKind":"01","status":"endorsed"}"#

    @Test func aDraftIsReadBackFromItsLine() throws {
        let draft = try draft(Self.permit)
        let line = draft.line(id: MessageID(high: 1, low: 2), version: 7, salt: (3, 4))
        var expected = draft
        expected.effect = .permit(.endorsed)
        #expect(Draft(line: line) == expected)
        let header = try #require(EnvelopeHeader(line: line))
        #expect(header.version == 7)
        #expect(header.id == MessageID(high: 1, low: 2))
    }

    @Test(arguments: ["", "{}", "[]", #"{"salt":"x"}"#])
    func whatIsNoEnvelopeIsNotRead(text: String) {
        #expect(Draft(line: Array(text.utf8)) == nil)
        #expect(EnvelopeHeader(line: Array(text.utf8)) == nil)
    }

    @Test func aRetractionNamesItsTargetAndRepeatsThePersonWithoutNationality() throws {
        let line = try draft(Self.permit).line(id: MessageID(high: 1, low: 2), version: 7, salt: (3, 4))
        let id = try #require(RecordID("51-41-00000000000000000000000002"))
        let now = Instant(seconds: 1_782_900_000)
        let retraction = try #require(Draft.retraction(of: line, ground: .purposeEnded, as: id, at: now))
        #expect(retraction.kind == .retraction)
        #expect(retraction.record == id)
        #expect(retraction.issuedAt == now)
        #expect(
            String(decoding: retraction.fixed, as: UTF8.self)
                == #""purpose":"permitService","legalBasis":"居住证暂行条例 第7条","person":{"idType":"none","name":"测试","#
                + #""sex":"1","birthDate":"1990-01-01","hukouDivision":"510105"},"content":{"target":{"record":"#
                + #""51-41-00000000000000000000000001","version":7},"ground":"purposeEnded"}"#)
        let made = retraction.line(id: MessageID(at: now, random: (1, 2)), version: 1, salt: (5, 6))
        let judgement = made.withUnsafeBytes { EnvelopeChecker().check($0, side: .sender, now: now) }
        #expect(judgement.violations.map(\.code) == [])
        let target = RecordTarget(
            record: try #require(RecordID("51-41-00000000000000000000000001")), version: 7)
        #expect(judgement.header?.effect == .retraction(target, .purposeEnded))
    }
}
