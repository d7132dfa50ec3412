import AuditLog
import Seeding
import Testing

@Suite struct AuditEntryTests {
    private let full = AuditEntry(
        sequence: 123_456, time: 1_782_806_400_123, event: .questionAnswered,
        actor: AuditActor(organisation: "urn:yizhan:bureau:44:police-1", person: "officer-7"), purpose: "caseInquiry",
        caseReference: "（2026）粤01刑初\"1\"\\号", subject: .emptyRoot, outcome: "unknown",
        details: [
            .question: "currentRegistration", .rule: "police-registration", .line: "21",
            .policy: Digest256.emptyRoot.base64,
        ],
        nonce: AuditNonce(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F))

    private let text =
        #"{"sequence":123456,"time":"2026-06-30T08:00:00.123Z","event":"question.answered","#
        + #""actor":{"organisation":"urn:yizhan:bureau:44:police-1","person":"officer-7"},"purpose":"caseInquiry","#
        + #""case":"（2026）粤01刑初\"1\"\\号","subject":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","outcome":"unknown","#
        + #""detail":{"line":"21","policy":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","question":"currentRegistration","#
        + #""rule":"police-registration"},"nonce":"AAECAwQFBgcICQoLDA0ODw=="}"#

    @Test func anEntryIsOneJSONObjectInAFixedOrder() throws {
        #expect(String(decoding: full.encoded(), as: UTF8.self) == text)
        #expect(try AuditEntry(decoding: Array(text.utf8)) == full)
    }

    @Test func aSmallEntryLeavesAbsentMembersOut() throws {
        let entry = AuditEntry(
            sequence: 0, time: 0, event: .gatewayStopped, actor: AuditActor(organisation: "gateway"),
            nonce: AuditNonce(high: 0, low: 1))
        let text =
            #"{"sequence":0,"time":"1970-01-01T00:00:00.000Z","event":"gateway.stopped","actor":{"organisation":"gateway"},"nonce":"AAAAAAAAAAAAAAAAAAAAAQ=="}"#
        #expect(String(decoding: entry.encoded(), as: UTF8.self) == text)
        #expect(try AuditEntry(decoding: Array(text.utf8)) == entry)
    }

    @Test(arguments: AuditEvent.allCases)
    func anEntryOfEveryEventComesBackAsItWas(event: AuditEvent) throws {
        let entry = Self.entry(event)
        try entry.validate()
        #expect(try AuditEntry(decoding: entry.encoded()) == entry)
    }

    /// An entry with everything that its event may have.
    static func entry(_ event: AuditEvent) -> AuditEntry {
        let fields = event.shape.required.union(event.shape.optional)
        var details = AuditDetails()
        for detail in event.shape.details {
            details[detail] =
                switch detail.form {
                case .token: "token-1"
                case .count: "1"
                case .digest: Digest256.emptyRoot.base64
                case .line: "刑事诉讼法第五十四条"
                }
        }
        return AuditEntry(
            sequence: 9, time: 1_582_934_400_000, event: event,
            actor: AuditActor(organisation: "gateway", person: "op-1"),
            purpose: fields.contains(.purpose) ? "publicService" : nil,
            caseReference: fields.contains(.caseReference) ? "A-1" : nil,
            subject: fields.contains(.subject) ? .emptyRoot : nil, object: fields.contains(.object) ? .emptyRoot : nil,
            batch: fields.contains(.batch) ? "01980000-0000-7000-8000-000000000001" : nil,
            outcome: event.shape.outcomes.first, evidence: fields.contains(.evidence) ? .emptyRoot : nil,
            details: details, nonce: AuditNonce(high: 1, low: 2))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func timeIsRFC3339WithMilliseconds(time: Int64, text: String) throws {
        var entry = Self.entry(.gatewayStarted)
        entry.time = time
        #expect(String(decoding: entry.encoded(), as: UTF8.self).contains("\"time\":\"\(text)\""))
        #expect(try AuditEntry(decoding: entry.encoded()).time == time)
    }

    @Test func everyChangeOfAByteIsAnotherEntryOrNone() {
        let bytes = Array(text.utf8)
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << bit
                guard let entry = try? AuditEntry(decoding: changed) else { continue }
                #expect(entry.encoded() == changed)
                #expect(entry != full)
            }
        }
    }

    @Test(arguments: [
        (#""sequence":123456"#, #""sequence":0123456"#), (#"{"sequence""#, #"{ "sequence""#), (#"}"#, #"} "#),
        (#".123Z"#, #".123+00:00"#), (#".123Z"#, #"Z"#), (#"2026-06-30"#, #"2026-06-31"#), (#"T08:"#, #"T24:"#),
        (#"question.answered"#, #"question.asked"#),
        (#","purpose":"caseInquiry""#, #","purpose":"caseInquiry","purpose":"caseInquiry""#),
        (#""person":"officer-7""#, #""person":null"#), (#"粤"#, #"\u7ca4"#), (#"officer-7"#, #"\u006fffficer-7"#),
        (#""line":"21","#, #""line":"21","line":"21","#), (#""line":"21""#, #""line":21"#), (#""rule""#, #""unknown""#),
        (#""outcome":"unknown","#, #""outcome":"unknown","extra":"x","#), (#"SuFU="#, #"SuFV="#), (#"Dw=="#, #"Dx=="#),
        (#"Dw=="#, #"Dw==""#), (#""outcome":"unknown","#, ""),
    ])
    func anotherFormIsNotAnEntry(part: String, replacement: String) {
        let changed = text.replacing(part, with: replacement)
        #expect(changed != text)
        #expect(throws: AuditError.self) { try AuditEntry(decoding: Array(changed.utf8)) }
    }

    @Test func everyTruncationIsRefused() {
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            #expect(throws: AuditError.self) { try AuditEntry(decoding: bytes.prefix(length)) }
        }
    }

    @Test func anEntryHasTheFieldsOfItsEvent() {
        func code(_ change: (inout AuditEntry) -> Void) -> AuditError.Code? {
            var entry = full
            change(&entry)
            do { try entry.validate() } catch { return error.code }
            return nil
        }
        #expect(code { _ in } == nil)
        #expect(code { $0.subject = nil } == .fieldMissing)
        #expect(code { $0.outcome = nil } == .fieldMissing)
        #expect(code { $0.batch = "b" } == .fieldUnexpected)
        #expect(code { $0.details[.attempt] = "1" } == .fieldUnexpected)
        #expect(code { $0.outcome = "refused" } == .fieldForm)
        #expect(code { $0.details[.line] = "021" } == .fieldForm)
        #expect(code { $0.details[.policy] = "x" } == .fieldForm)
        #expect(code { $0.details[.rule] = "a rule" } == .fieldForm)
        #expect(code { $0.caseReference = "a\nb" } == .fieldForm)
        #expect(code { $0.caseReference = "" } == .fieldForm)
        #expect(code { $0.actor.organisation = "公安局" } == .fieldForm)
        #expect(code { $0.actor.person = String(repeating: "x", count: 129) } == .fieldForm)
        #expect(code { $0.time = -1 } == .fieldForm)
        #expect(code { $0.nonce = .none } == .fieldForm)
    }

    /// Made-up numbers with the forms of a citizen's.
    @Test(arguments: ["110101199003070000", "x-11010119900307000X", "110101900307000", "p:110101199003070000:q"])
    func noTokenHoldsWhatCouldBeAPersonsNumber(text: String) {
        var entry = full
        entry.actor.person = text
        #expect(throws: AuditError(.fieldForm, "In an entry question.answered the form of person is wrong.")) {
            try entry.validate()
        }
        entry = full
        entry.details[.legalBasis] = "依据 \(text)"
        #expect(throws: AuditError.self) { try entry.validate() }
    }

    @Test func detailsAreKeptByName() {
        var details: AuditDetails = [.rule: "b", .line: "1", .rule: "c"]
        #expect(details.pairs.map(\.value) == ["1", "c"])
        #expect(details[.rule] == "c")
        details[.rule] = nil
        details[.peer] = nil
        #expect(details == [.line: "1"])
        #expect(!details.isEmpty)
    }

    @Test func everyEventIsDocumented() {
        let rows = AuditEvent.markdown.split(separator: "\n")
        #expect(rows.count == AuditEvent.allCases.count + 2)
        #expect(
            rows.contains(
                "| `quarantine.replayed` | A quarantined row was judged again. | `object`, `outcome` | `subject` | `accepted`, `quarantined` | `codes` |"
            ))
        for event in AuditEvent.allCases { #expect(event.shape.summary.hasSuffix("."), "\(event)") }
    }

    @Test func theAppenderGivesSequenceAndNonce() throws {
        var generator = SplitMix64(seed: 5)
        var appender = AuditAppender()
        let first = try appender.append(StoredLog.act(0), using: &generator)
        let second = try appender.append(StoredLog.act(0), using: &generator)
        #expect([first.sequence, second.sequence, appender.nextSequence] == [0, 1, 2])
        let entries = try [first, second].map { try AuditEntry(decoding: $0.bytes) }
        #expect(entries.map(\.sequence) == [0, 1])
        #expect(entries[0].nonce != entries[1].nonce)
        var broken = StoredLog.act(0)
        broken.subject = nil
        #expect(throws: AuditError(.fieldMissing, "An entry intake.accepted lacks subject.")) {
            try appender.append(broken, using: &generator)
        }
        #expect(appender.nextSequence == 2)
    }
}
