extension AuditEntry {
    /// Reads an entry exactly as ``encode(into:)`` writes it, and checks it: members in their order, nothing unknown, no
    /// other form of a value. So whatever decodes encodes to the same bytes.
    /// - Throws: `entryMalformed` with the byte offset where reading stopped, or what ``validate()`` throws.
    public init(decoding bytes: some Collection<UInt8>) throws(AuditError) {
        var reader = EntryReader(bytes: Array(bytes))
        guard let entry = reader.entry() else {
            throw AuditError(.entryMalformed, "The entry is not in the log's form at byte \(reader.position).")
        }
        guard entry.encoded() == reader.bytes else {
            throw AuditError(.entryMalformed, "The entry is not in the form in which the log writes it.")
        }
        try entry.validate()
        self = entry
    }
}

/// Walks the bytes of one entry. Every function returns nil where the bytes are not what is due.
private struct EntryReader {
    let bytes: [UInt8]
    var position = 0

    mutating func entry() -> AuditEntry? {
        guard take(#"{"sequence":"#), let sequence = decimal(), take(#","time":"#), let time = time(),
            take(#","event":"#), let event = string().flatMap({ AuditEvent(rawValue: $0) }),
            take(#","actor":{"organisation":"#), let organisation = string()
        else { return nil }
        let person = optional(#","person":"#)
        guard take("}") else { return nil }
        let purpose = optional(#","purpose":"#)
        let reference = optional(#","case":"#)
        let (subject, object) = (digest(#","subject":"#), digest(#","object":"#))
        let (batch, outcome) = (optional(#","batch":"#), optional(#","outcome":"#))
        let evidence = digest(#","evidence":"#)
        guard let details = details(), take(#","nonce":"#), let nonce = nonce(), take("}"), position == bytes.count
        else { return nil }
        return AuditEntry(
            sequence: sequence, time: time, event: event, actor: AuditActor(organisation: organisation, person: person),
            purpose: purpose, caseReference: reference, subject: subject, object: object, batch: batch,
            outcome: outcome, evidence: evidence, details: details, nonce: nonce)
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    private mutating func decimal() -> UInt64? {
        let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
        guard let number = UInt64(String(decoding: digits, as: UTF8.self)) else { return nil }
        position = digits.endIndex
        return number
    }

    private mutating func time() -> Int64? {
        let end = position + 1 + AuditTime.byteCount
        guard take("\""), end < bytes.count, let time = AuditTime.parse(bytes[position..<end]) else { return nil }
        position = end
        return take("\"") ? time : nil
    }

    /// Nil, with the position unmoved, when the member is not there or its string is malformed: what is due next then
    /// fails to match.
    private mutating func optional(_ member: StaticString) -> String? {
        let start = position
        guard take(member), let text = string() else {
            position = start
            return nil
        }
        return text
    }

    private mutating func digest(_ member: StaticString) -> Digest256? {
        let start = position
        guard let digest = optional(member).flatMap({ Digest256(base64: $0) }) else {
            position = start
            return nil
        }
        return digest
    }

    private mutating func details() -> AuditDetails? {
        var details = AuditDetails()
        guard take(#","detail":{"#) else { return details }
        repeat {
            guard let name = string().flatMap({ AuditDetail(rawValue: $0) }), take(":"), let value = string() else {
                return nil
            }
            details[name] = value
        } while take(",")
        return take("}") ? details : nil
    }

    private mutating func nonce() -> AuditNonce? {
        guard let bytes = string().flatMap({ Base64.decode($0.utf8) }), bytes.count == 16 else { return nil }
        let words = bytes.reduce(into: (high: UInt64(0), low: UInt64(0))) { words, byte in
            words.high = words.high << 8 | words.low >> 56
            words.low = words.low << 8 | UInt64(byte)
        }
        return AuditNonce(high: words.high, low: words.low)
    }

    /// A quoted string; only the escapes that an entry is written with.
    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case 0x22: return String(validating: text, as: UTF8.self)
            case 0x5C:
                guard let character = escaped() else { return nil }
                text.append(character)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> UInt8? {
        if take("\"") { return 0x22 }
        if take("\\") { return 0x5C }
        guard take("u00"), position + 2 <= bytes.count,
            let code = Hexadecimal.decode(bytes[position..<position + 2])?.first
        else { return nil }
        position += 2
        return code
    }
}
