import AuditLog
import Testing

struct OpenEntryTests {
    private let person = Digest256(hashing: Array("person".utf8))

    private func entry(_ details: AuditDetails) -> AuditEntry {
        AuditEntry(
            sequence: 41, time: 1_767_225_600_000, event: .questionAnswered,
            actor: AuditActor(organisation: "urn:yizhan:bureau:44:police-1", person: "p-1"), purpose: "caseInquiry",
            caseReference: "A-\"1\"", subject: person, outcome: "yes", details: details,
            nonce: AuditNonce(high: 0x0123_4567_89AB_CDEF, low: 3))
    }

    @Test(
        arguments: [
            [.facts: "kind=police;answer=yes"],
            [.bureau: "police-1", .facts: "answer=yes", .queryId: "q", .legalBasis: "居民身份证法第15条"],
            [.rule: "r", .line: "7", .facts: "answer=yes"], [.bureau: "police-1", .facts: "a"],
        ] as [AuditDetails])
    func aFilledEntryIsTheEntryAsItIsEncoded(details: AuditDetails) throws {
        let whole = entry(details)
        var left = whole
        (left.sequence, left.subject, left.outcome, left.details[.facts]) = (0, nil, nil, nil)
        left.nonce = .none
        var out: [UInt8] = []
        try OpenEntry(left, open: .facts).append(
            sequence: 41, subject: person, outcome: "yes", detail: details[.facts] ?? "", nonce: whole.nonce, to: &out)
        #expect(out == whole.encoded())
        #expect(try AuditEntry(decoding: out) == whole)
    }

    @Test(arguments: [("maybe", "answer=yes"), ("yes", "of 440103199001011236"), ("yes", "")])
    func whatTheLogCouldNotVerifyIsNotFilledIn(outcome: String, facts: String) throws {
        let open = try OpenEntry(entry([:]), open: .facts)
        var out: [UInt8] = []
        #expect(throws: AuditError.self) {
            try open.append(
                sequence: 1, subject: person, outcome: outcome, detail: facts, nonce: AuditNonce(high: 1, low: 1),
                to: &out)
        }
        #expect(out.isEmpty)
    }

    @Test func anEntryThatIsWrongApartFromThatIsRefused() {
        #expect(throws: AuditError.self) { try OpenEntry(entry([.policy: "no digest"]), open: .facts) }
        #expect(throws: AuditError.self) { try OpenEntry(entry([.mapping: "not of a question"]), open: .facts) }
    }
}
