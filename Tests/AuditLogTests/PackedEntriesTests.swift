import AuditLog
import Testing

struct PackedEntriesTests {
    private static let digest = Digest256(hashing: Array("object".utf8))
    private static let person = Digest256(hashing: Array("person".utf8))

    private static func entry(_ sequence: UInt64, _ event: AuditEvent, purpose: String? = nil) -> AuditEntry {
        AuditEntry(
            sequence: sequence, time: 1_767_225_600_000, event: event,
            actor: AuditActor(organisation: "urn:yizhan:source:44:register"), purpose: purpose,
            subject: event == .intakeQuarantined ? nil : person, object: digest,
            nonce: AuditNonce(high: 0x0102_0304_0506_0708, low: sequence + 1))
    }

    private static func form(of entry: AuditEntry) throws -> EntryForm {
        try EntryForm(entry, hasSubject: entry.subject != nil, hasObject: true)
    }

    /// Accepted, quarantined, accepted without a form, unchanged: from sequence 98 on, across a change of digits.
    private static func pack() throws -> (packed: PackedEntries, entries: [[UInt8]]) {
        let entries = [
            entry(98, .intakeAccepted, purpose: "registration"), entry(99, .intakeQuarantined),
            entry(100, .intakeAccepted, purpose: "schooling"), entry(101, .intakeUnchanged),
        ]
        var packed = PackedEntries()
        for entry in entries {
            if entry.sequence == 100 {
                try packed.append(entry.encoded())
            } else {
                try packed.append(
                    form(of: entry), sequence: entry.sequence, subject: person, object: digest, nonce: entry.nonce)
            }
        }
        return (packed, entries.map { $0.encoded() })
    }

    @Test func entriesComeBackByteForByte() throws {
        let (packed, entries) = try Self.pack()
        #expect(PackedEntries.entries(packed.bytes, forms: packed.encodedForms, from: 98) == entries)
    }

    @Test func leavesAreThoseOfTheEntries() throws {
        let (packed, entries) = try Self.pack()
        let leaves = PackedEntries.leaves(of: packed.bytes[...], forms: packed.madeWith, from: 98)
        #expect(leaves == entries.map(Digest256.leaf))
        // From the second on: what is before it was hashed already.
        let rest = PackedEntries.leaves(of: packed.bytes[81...], forms: packed.madeWith, from: 99)
        #expect(rest == Array(leaves.dropFirst()))
    }

    @Test func anEntryWithAFormTakesLittleMoreThanWhatIsItsOwn() throws {
        let one = Self.entry(5, .intakeAccepted, purpose: "registration")
        let form = try Self.form(of: one)
        var packed = PackedEntries()
        for _ in 0..<10 {
            try packed.append(form, sequence: 5, subject: Self.person, object: Self.digest, nonce: one.nonce)
        }
        #expect(packed.bytes.count == 10 * 81)
    }

    @Test func whatIsUndoneIsGone() throws {
        var (packed, entries) = try Self.pack()
        let mark = packed.mark()
        let late = Self.entry(102, .intakeAccepted, purpose: "medical")
        try packed.append(
            Self.form(of: late), sequence: 102, subject: Self.person, object: Self.digest, nonce: late.nonce)
        packed.restore(mark)
        let again = Self.entry(102, .intakeUnchanged)
        try packed.append(
            Self.form(of: again), sequence: 102, subject: Self.person, object: Self.digest, nonce: again.nonce)
        entries.append(again.encoded())
        #expect(PackedEntries.entries(packed.bytes, forms: packed.encodedForms, from: 98) == entries)
    }

    @Test func moreFormsThanANumberCanSayAreWrittenOut() throws {
        var (packed, entries) = (PackedEntries(), [[UInt8]]())
        for number in 0..<300 {
            var entry = Self.entry(UInt64(number), .intakeAccepted, purpose: "registration")
            entry.time += Int64(number)
            try packed.append(
                Self.form(of: entry), sequence: entry.sequence, subject: Self.person, object: Self.digest,
                nonce: entry.nonce)
            entries.append(entry.encoded())
        }
        #expect(PackedEntries.entries(packed.bytes, forms: packed.encodedForms, from: 0) == entries)
        #expect(
            PackedEntries.leaves(of: packed.bytes[...], forms: packed.madeWith, from: 0) == entries.map(Digest256.leaf))
    }

    @Test func everyFlippedByteChangesAnEntryOrLosesOne() throws {
        let (packed, entries) = try Self.pack()
        for place in packed.bytes.indices {
            var bytes = packed.bytes
            bytes[place] ^= 0x01
            #expect(PackedEntries.entries(bytes, forms: packed.encodedForms, from: 98) != entries)
        }
        for place in packed.encodedForms.indices {
            var forms = packed.encodedForms
            forms[place] ^= 0x01
            #expect(PackedEntries.entries(packed.bytes, forms: forms, from: 98) != entries)
        }
    }

    @Test func whatIsCutOffComesAsFarAsItGoes() throws {
        let (packed, entries) = try Self.pack()
        for length in 0..<packed.bytes.count {
            let found = PackedEntries.entries(
                Array(packed.bytes.prefix(length)), forms: packed.encodedForms, from: 98)
            #expect(found.count < entries.count || found.last != entries.last)
        }
    }
}
