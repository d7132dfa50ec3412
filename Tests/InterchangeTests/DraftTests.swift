import Interchange
import Testing

@Suite struct DraftTests {
    private func draft() throws -> Draft {
        let home = try #require(Province("45"))
        let register = try #require(Province("44"))
        let fixed = #""purpose":"residenceRegistration","legalBasis":"x","person":{},"content":{}"#
        return try Draft(
            kind: .arrival, from: register, to: home,
            record: RecordID(home: home, register: register, high: 0, low: 1), purpose: .residenceRegistration,
            issuedAt: Instant(seconds: 1_782_806_400), retainUntil: #require(CivilDate("2029-06-29")), flags: [],
            subject: nil, reference: nil, fixed: Array(fixed.utf8))
    }

    @Test func theLineIsOneObjectInAFixedOrder() throws {
        let id = try #require(MessageID("01890a5d-ac96-774b-bcce-b302099a8057"))
        let line = try draft().line(id: id, version: 3, salt: (0, 0))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"interchange":"1.0","id":"01890a5d-ac96-774b-bcce-b302099a8057","kind":"arrival","from":"44","to":"45","#
                + #""record":"45-44-00000000000000000000000001","version":3,"issuedAt":"2026-06-30T08:00:00Z","#
                + #""retainUntil":"2029-06-29","salt":"AAAAAAAAAAAAAAAAAAAAAA","purpose":"residenceRegistration","#
                + #""legalBasis":"x","person":{},"content":{}}"#)
    }

    /// RFC 4648 base64url of 00 01 … 0F, and of sixteen times FF.
    @Test(arguments: [
        ((0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F) as (UInt64, UInt64), "AAECAwQFBgcICQoLDA0ODw"),
        ((.max, .max), "_____________________w"),
    ])
    func theSaltIs22CharactersOfBase64url(salt: (UInt64, UInt64), text: String) throws {
        let line = try draft().line(id: MessageID(high: 0, low: 0), version: 1, salt: salt)
        #expect(String(decoding: line, as: UTF8.self).contains("\"salt\":\"\(text)\""))
    }
}
