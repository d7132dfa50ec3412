extension AuditEntry {
    /// Reads an entry exactly as ``encode(into:)`` writes it, and checks it: members in their order, nothing unknown, no
    /// other form of a value. So whatever decodes encodes to the same bytes.
    /// - Throws: `entryMalformed` with the byte offset where reading stopped, or what ``validate()`` throws.
    public init(decoding bytes: some Collection<UInt8>) throws(AuditError) {
        let bytes = Array(bytes)
        let (read, position) = bytes.withUnsafeBufferPointer { buffer in
            var reader = EntryReader(bytes: buffer)
            return (reader.entry(), reader.position)
        }
        guard let entry = read else {
            throw AuditError(.entryMalformed, "The entry is not in the log's form at byte \(position).")
        }
        guard entry.encoded() == bytes else {
            throw AuditError(.entryMalformed, "The entry is not in the form in which the log writes it.")
        }
        try entry.validate()
        self = entry
    }
}

/// Walks the bytes of one entry. Every function returns nil where the bytes are not what is due.
private struct EntryReader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    mutating func entry() -> AuditEntry? {
        guard take(#"{"sequence":"#), let sequence = decimal(), take(#","time":"#), let time = time(),
            take(#","event":"#), let event = string().flatMap({ AuditEvent.byName[$0] }),
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
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }

    private mutating func decimal() -> UInt64? {
        var number: UInt64 = 0
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            let (scaled, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = scaled.addingReportingOverflow(UInt64(bytes[position] - 0x30))
            guard !overflow, !carried else { return nil }
            number = sum
            position += 1
        }
        return position > start ? number : nil
    }

    private mutating func time() -> Int64? {
        guard take("\""), bytes.count - position > AuditTime.byteCount else { return nil }
        let end = position + AuditTime.byteCount
        guard let time = AuditTime.parse(UnsafeBufferPointer(rebasing: bytes[position..<end])) else { return nil }
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
        guard take(member), let digest = base64(32).flatMap({ Digest256($0) }) else {
            position = start
            return nil
        }
        return digest
    }

    /// A quoted base64 text of `count` bytes.
    private mutating func base64(_ count: Int) -> [UInt8]? {
        let length = (count + 2) / 3 * 4
        guard take("\""), bytes.count - position > length else { return nil }
        let text = UnsafeBufferPointer(rebasing: bytes[position..<position + length])
        position += length
        guard take("\""), let decoded = Base64.decode(text), decoded.count == count else { return nil }
        return decoded
    }

    private mutating func details() -> AuditDetails? {
        var details = AuditDetails()
        guard take(#","detail":{"#) else { return details }
        repeat {
            guard let name = string().flatMap({ AuditDetail.byName[$0] }), take(":"), let value = string() else {
                return nil
            }
            details[name] = value
        } while take(",")
        return take("}") ? details : nil
    }

    private mutating func nonce() -> AuditNonce? {
        guard let bytes = base64(16) else { return nil }
        let words = bytes.reduce(into: (high: UInt64(0), low: UInt64(0))) { words, byte in
            words.high = words.high << 8 | words.low >> 56
            words.low = words.low << 8 | UInt64(byte)
        }
        return AuditNonce(high: words.high, low: words.low)
    }

    /// A quoted string; only the escapes that an entry is written with.
    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != 0x22, bytes[position] != 0x5C { position += 1 }
        let plain = UnsafeBufferPointer(rebasing: bytes[start..<position])
        // Bytes that are not UTF-8 are repaired here, and found when the entry is written again.
        if take("\"") { return String(decoding: plain, as: UTF8.self) }
        var text = Array(plain)
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

// A search by raw value goes through the cases one by one.
extension AuditEvent {
    fileprivate static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}

extension AuditDetail {
    fileprivate static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}
