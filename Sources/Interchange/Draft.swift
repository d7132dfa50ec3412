/// A record that passed mapping and validation but has no version yet: the store knows the version, gives the id, and makes
/// the envelope's line once, with ``line(id:version:salt:)``. The line is never serialised again.
public struct Draft: Sendable, Hashable {
    public var kind: Kind
    public var from: Province
    public var to: Province
    public var record: RecordID
    public var purpose: Purpose
    public var issuedAt: Instant
    public var retainUntil: CivilDate
    /// Codes of the violations of severity `flag` that the record carries, in the order of the table of rules.
    public var flags: [ViolationCode]
    /// The person's number in its 18-digit form (of another id type, the number as given); nil for `none`. It never leaves
    /// the process: look-ups use a keyed hash of it.
    public var subject: [UInt8]?
    /// The arrival that a departure or a relocation refers to, or the target of a correction.
    public var reference: RecordID?
    /// Where the fact holds: the residence division of an arrival.
    public var division: DivisionCode?
    /// From when it holds: the day of arrival or departure.
    public var effective: CivilDate?
    /// What status questions are answered from.
    public var facts: StatusFacts?
    /// The JSON members that do not change when the same row comes again, as they stand in the line: from `"purpose":` to
    /// the last `}` of `content`, without the object's own braces. Two drafts of one record with equal `fixed` are the same
    /// content, so the second is `unchanged`.
    public var fixed: [UInt8]
    /// What it does to facts that are held; nil for what is only kept.
    public var effect: EnvelopeEffect?

    public init(
        kind: Kind, from: Province, to: Province, record: RecordID, purpose: Purpose, issuedAt: Instant,
        retainUntil: CivilDate, flags: [ViolationCode], subject: [UInt8]?, reference: RecordID?,
        division: DivisionCode? = nil, effective: CivilDate? = nil, facts: StatusFacts? = nil, fixed: [UInt8]
    ) {
        self.kind = kind
        self.from = from
        self.to = to
        self.record = record
        self.purpose = purpose
        self.issuedAt = issuedAt
        self.retainUntil = retainUntil
        self.flags = flags
        self.subject = subject
        self.reference = reference
        self.division = division
        self.effective = effective
        self.facts = facts
        self.fixed = fixed
    }

    /// The envelope as one line of NDJSON, without the newline.
    /// - Parameters:
    ///   - version: at least 1.
    ///   - salt: 128 random bits.
    public func line(id: MessageID, version: Int, salt: (UInt64, UInt64)) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(fixed.count + Self.mostBesideFixed)
        append(lineOf: id, version: version, salt: salt, to: &out)
        return out
    }

    /// A line is at most so many bytes longer than ``fixed``.
    public static let mostBesideFixed = 320

    /// As ``line(id:version:salt:)``, behind what is there.
    public func append(lineOf id: MessageID, version: Int, salt: (UInt64, UInt64), to out: inout [UInt8]) {
        out.append(text: #"{"interchange":"1.0","id":""#)
        id.append(to: &out)
        out.append(text: #"","kind":""#)
        out.append(text: kind.rawValue)
        out.append(text: #"","from":""#)
        out.append(text: from.description)
        out.append(text: #"","to":""#)
        out.append(text: to.description)
        out.append(text: #"","record":""#)
        record.append(to: &out)
        out.append(text: #"","version":"#)
        out.append(text: String(version))
        out.append(text: #","issuedAt":""#)
        issuedAt.append(to: &out)
        out.append(text: #"","retainUntil":""#)
        retainUntil.append(to: &out)
        out.append(text: #"","salt":""#)
        Self.append(base64url: salt, to: &out)
        out.append(text: #"","#)
        out.append(contentsOf: fixed)
        out.append(0x7D)
    }

    private static func append(base64url salt: (UInt64, UInt64), to out: inout [UInt8]) {
        for index in 0..<22 {
            let shift = 122 - index * 6
            let bits: UInt64 =
                shift >= 64
                ? salt.0 >> UInt64(shift - 64)
                : shift >= 0
                    ? (shift == 0 ? salt.1 : salt.1 >> UInt64(shift) | salt.0 << UInt64(64 - shift))
                    : salt.1 << UInt64(-shift)
            out.append(Self.alphabet[Int(bits & 63)])
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}

extension [UInt8] {
    /// Appends the UTF-8 of the text, as it is.
    @inlinable
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }
}
