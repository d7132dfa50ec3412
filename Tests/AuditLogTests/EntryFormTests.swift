import AuditLog
import Testing

struct EntryFormTests {
    private let actor = AuditActor(organisation: "urn:yizhan:source:44:register")
    private let digest = Digest256(hashing: Array("object".utf8))
    private let person = Digest256(hashing: Array("person".utf8))

    @Test(arguments: [0, 9, 10, 1_234_567_890_123, UInt64.max])
    func aFilledFormIsTheEntryAsItIsEncoded(sequence: UInt64) throws {
        let entry = AuditEntry(
            sequence: sequence, time: 1_767_225_600_000, event: .intakeAccepted, actor: actor, purpose: "registration",
            subject: person, object: digest, batch: "b-1", details: [.flags: "NAME_FORM"],
            nonce: AuditNonce(high: 0x0123_4567_89AB_CDEF, low: 3))
        var out: [UInt8] = []
        try EntryForm(entry, hasSubject: true, hasObject: true).append(
            sequence: sequence, subject: person, object: digest, nonce: entry.nonce, to: &out)
        #expect(out == entry.encoded())
        #expect(try AuditEntry(decoding: out) == entry)
    }

    @Test func aFormWithoutASubjectLeavesItOut() throws {
        let entry = AuditEntry(
            sequence: 7, time: 0, event: .intakeQuarantined, actor: actor, object: digest,
            nonce: AuditNonce(high: 1, low: 2))
        var out: [UInt8] = []
        try EntryForm(entry, hasSubject: false, hasObject: true).append(
            sequence: 7, subject: .zero, object: digest, nonce: entry.nonce, to: &out)
        #expect(out == entry.encoded())
    }

    @Test func aFormThatWouldLackWhatItsEventNeedsIsRefused() {
        let entry = AuditEntry(time: 0, event: .intakeAccepted, actor: actor, purpose: "registration")
        #expect(throws: AuditError.self) { try EntryForm(entry, hasSubject: false, hasObject: true) }
    }
}
