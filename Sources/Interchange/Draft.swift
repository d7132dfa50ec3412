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
        [UInt8](unsafeUninitializedCapacity: fixed.count + Self.mostBesideFixed) { out, count in
            count = write(lineOf: id, version: version, salt: salt, to: UnsafeMutableRawBufferPointer(out))
        }
    }

    /// A line is at most so many bytes longer than ``fixed``.
    public static let mostBesideFixed = 320

    /// Writes what ``line(id:version:salt:)`` returns.
    /// - Parameter out: at least ``mostBesideFixed`` bytes longer than ``fixed``.
    /// - Returns: how many bytes the line has.
    public func write(
        lineOf id: MessageID, version: Int, salt: (UInt64, UInt64), to out: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(out.count >= fixed.count + Self.mostBesideFixed, "a line has room for its longest form")
        var text = TextWriter(out)
        text.put(#"{"interchange":"1.0","id":""#)
        text.put(id)
        text.put(#"","kind":""#)
        text.put(string: kind.rawValue)
        text.put(#"","from":""#)
        text.put(two: from.number)
        text.put(#"","to":""#)
        text.put(two: to.number)
        text.put(#"","record":""#)
        text.put(record)
        text.put(#"","version":"#)
        text.put(decimal: version)
        text.put(#","issuedAt":""#)
        text.put(issuedAt)
        text.put(#"","retainUntil":""#)
        text.put(retainUntil)
        text.put(#"","salt":""#)
        text.put(base64url: salt)
        text.put(#"","#)
        text.put(bytes: fixed)
        text.put(byte: 0x7D)
        return text.count
    }
}

extension [UInt8] {
    /// Appends the UTF-8 of the text, as it is.
    @inlinable
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }
}
