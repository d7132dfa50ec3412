/// What a check of one envelope came to.
public struct Judgement: Sendable {
    /// Nil when it could not be read; then a receipt cannot name the envelope.
    public var id: MessageID?
    /// Who it says it is from, whatever else is wrong with it; nil when that could not be read, or in a version that may mean another
    /// thing by it.
    public var from: Province?
    /// Nil when a member that it needs is missing or unreadable; an accepted envelope always has it.
    public var header: EnvelopeHeader?
    /// Those of the schema first, then those of the rules in the order of their table.
    public var violations: [Violation]
    /// Codes of the violations of severity `flag`, each once.
    public var flags: [ViolationCode]
    /// Whether no violation has the severity `quarantine`.
    public var isAccepted: Bool

    init(id: MessageID?, from: Province? = nil, header: EnvelopeHeader?, report: Report) {
        self.id = id
        self.from = from
        self.header = header
        violations = report.violations
        flags = report.violations.isEmpty ? [] : report.flags
        isAccepted = report.violations.isEmpty || !report.hasQuarantine
    }
}

/// What a store needs of an envelope to apply it.
public struct EnvelopeHeader: Sendable, Hashable {
    public var id: MessageID
    public var kind: Kind
    public var from: Province
    public var to: Province
    public var record: RecordID
    public var version: Int
    public var issuedAt: Instant
    public var purpose: Purpose
    public var retainUntil: CivilDate
    /// The person's number in the form that look-ups hash: a 15-digit one in its 18-digit form; nil for `none` and for a
    /// number without a form.
    public var subject: [UInt8]?
    /// The arrival that a departure or a relocation refers to, or the target of a correction.
    public var reference: RecordID?
    /// Where the fact holds: the residence division of an arrival, the new one of a relocation.
    public var division: DivisionCode?
    /// From when it holds: the day of arrival, departure or relocation.
    public var effective: CivilDate?
    /// What status questions are answered from.
    public var facts: StatusFacts?
    /// What it does to facts that were held before it.
    public var effect: EnvelopeEffect?

    init?(_ envelope: EnvelopeView) {
        guard let id = envelope.id, let kind = envelope.kind, let from = envelope.from, let to = envelope.to,
            let record = envelope.record, let version = envelope.version, let issuedAt = envelope.issuedAt,
            let purpose = envelope.purpose, let retainUntil = envelope.retainUntil
        else { return nil }
        self.id = id
        self.kind = kind
        self.from = from
        self.to = to
        self.record = record
        self.version = version
        self.issuedAt = issuedAt
        self.purpose = purpose
        self.retainUntil = retainUntil
        subject = Self.subject(of: envelope.person)
        effect = EnvelopeEffect(envelope)
        reference = envelope.content.arrivalRecord
        if case .correction(let target)? = effect { reference = target.record }
        division = envelope.division
        effective = envelope.effective
        facts = StatusFacts(envelope)
    }

    private static func subject(of person: PersonView) -> [UInt8]? {
        guard let number = person.number, let form = person.numberForm else { return nil }
        switch form {
        case .eighteen, .fifteen, .other: return number.subject(form)
        case .damaged, .placeholder, .malformed: return nil
        }
    }
}
