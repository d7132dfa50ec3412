extension AuditEntry {
    /// Appends the entry as one JSON object: members in a fixed order, no spaces, absent members left out, digests in
    /// standard base64. These bytes are the leaf's input; the same entry always gives the same bytes.
    ///
    /// The entry is not checked: call ``validate()`` first.
    public func encode(into out: inout [UInt8]) {
        Self.append(sequence: sequence, to: &out)
        encodeFront(into: &out)
        if let subject { Self.append(subject: subject, to: &out) }
        if let object { Self.append(object: object, to: &out) }
        encodeBack(into: &out)
        Self.append(nonce: nonce, to: &out)
    }

    static func append(sequence: UInt64, to out: inout [UInt8]) {
        out.append(literal: #"{"sequence":"#)
        out.append(decimal: sequence)
    }

    static func append(subject: Digest256, to out: inout [UInt8]) { out.append(#","subject":"#, base64: subject) }

    static func append(object: Digest256, to out: inout [UInt8]) { out.append(#","object":"#, base64: object) }

    static func append(nonce: AuditNonce, to out: inout [UInt8]) {
        out.append(literal: #","nonce":""#)
        withUnsafeBytes(of: (nonce.high.bigEndian, nonce.low.bigEndian)) { Base64.append($0, to: &out) }
        out.append(literal: #""}"#)
    }

    /// From the time to the case.
    func encodeFront(into out: inout [UInt8]) {
        out.append(literal: #","time":""#)
        AuditTime.append(time, to: &out)
        out.append(literal: #"","event":""#)
        out.append(contentsOf: event.rawValue.utf8)
        out.append(literal: #"","actor":{"organisation":"#)
        out.append(quoted: actor.organisation)
        out.append(#","person":"#, quoted: actor.person)
        out.append(0x7D)
        out.append(#","purpose":"#, quoted: purpose)
        out.append(#","case":"#, quoted: caseReference)
    }

    /// From the batch to the details.
    func encodeBack(into out: inout [UInt8]) {
        encodeBatch(into: &out)
        out.append(#","outcome":"#, quoted: outcome)
        encodeEvidence(into: &out)
        encodeDetails(into: &out)
    }

    func encodeBatch(into out: inout [UInt8]) { out.append(#","batch":"#, quoted: batch) }

    func encodeEvidence(into out: inout [UInt8]) {
        if let evidence { out.append(#","evidence":"#, base64: evidence) }
    }

    /// ``encode(into:)`` in an array of its own.
    public func encoded() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        encode(into: &out)
        return out
    }

    /// - Parameter open: the detail whose value is left out.
    /// - Returns: where that value belongs; the end when there is none such.
    @discardableResult
    func encodeDetails(open: AuditDetail? = nil, into out: inout [UInt8]) -> Int {
        guard !details.isEmpty else { return out.count }
        out.append(literal: #","detail":"#)
        var place: Int?
        var separator: UInt8 = 0x7B
        for pair in details.pairs {
            out.append(separator)
            out.append(quoted: pair.name.rawValue)
            out.append(0x3A)
            if pair.name == open { place = out.count } else { out.append(quoted: pair.value) }
            separator = 0x2C
        }
        out.append(0x7D)
        return place ?? out.count
    }
}

extension [UInt8] {
    mutating func append(literal text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func append(decimal number: UInt64) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var (rest, start) = (number, digits.count)
            repeat {
                start -= 1
                digits[start] = 0x30 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    mutating func append(_ member: StaticString, quoted text: String?) {
        guard let text else { return }
        append(literal: member)
        append(quoted: text)
    }

    fileprivate mutating func append(_ member: StaticString, base64 digest: Digest256) {
        append(literal: member)
        append(0x22)
        Swift.withUnsafeBytes(of: digest) { Base64.append($0, to: &self) }
        append(0x22)
    }

    /// Escapes what JSON (RFC 8259, 7) demands, each in one way: `\"`, `\\`, and `\u00XX` for control characters.
    mutating func append(quoted text: String) {
        append(0x22)
        var text = text
        text.withUTF8 { bytes in
            if bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
                append(contentsOf: bytes)
            } else {
                appendEscaped(bytes)
            }
        }
        append(0x22)
    }

    private mutating func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            switch byte {
            case 0x22, 0x5C: append(contentsOf: [0x5C, byte])
            case 0..<0x20:
                append(literal: "\\u00")
                append(contentsOf: Hexadecimal.encode([byte]).utf8)
            default: append(byte)
            }
        }
    }
}
