/// An envelope's members as typed values. A member that is missing or not of its type is nil: telling so is the schema's
/// business, and each rule looks only at what could be read.
///
/// Borrows its texts: valid only while what it was made from is, a ``JSONView`` or a row.
public struct EnvelopeView {
    /// `interchange`, as text.
    public internal(set) var interchange: MemberText?
    public internal(set) var id: MessageID?
    public internal(set) var kind: Kind?
    public internal(set) var from: Province?
    public internal(set) var to: Province?
    public internal(set) var record: RecordID?
    public internal(set) var version: Int?
    public internal(set) var issuedAt: Instant?
    public internal(set) var purpose: Purpose?
    public internal(set) var retainUntil: CivilDate?
    public internal(set) var person = PersonView()
    public internal(set) var content = ContentView()
}

/// The member `person` of an envelope.
public struct PersonView {
    public internal(set) var idType: IDType?
    public internal(set) var number: PersonNumber?
    /// What ``number`` is as one of ``idType``; nil when either is.
    public internal(set) var numberForm: PersonNumber.Form?
    public internal(set) var name: MemberText?
    /// The ASCII digit of GB/T 2261.1.
    public internal(set) var sex: UInt8?
    public internal(set) var birthDate: CivilDate?
    public internal(set) var hukouDivision: DivisionCode?
    public internal(set) var hukouAsOf: CivilDate?
    public internal(set) var hasEthnicity = false
}

/// The member `content` of an envelope, of whatever kind.
public struct ContentView {
    public internal(set) var residenceDivision: DivisionCode?
    public internal(set) var arrivalDate: CivilDate?
    public internal(set) var registeredOn: CivilDate?
    public internal(set) var arrivalRecord: RecordID?
    public internal(set) var departureDate: CivilDate?
    public internal(set) var fromDivision: DivisionCode?
    public internal(set) var toDivision: DivisionCode?
    public internal(set) var effectiveDate: CivilDate?
    public internal(set) var issuedOn: CivilDate?
    public internal(set) var since: CivilDate?
    public internal(set) var employer: MemberText?
    public internal(set) var permitStatus: PermitStatus?
    public internal(set) var endorsedUntil: CivilDate?
    public internal(set) var target: RecordTarget?
    public internal(set) var ground: RetractionGround?
}

extension EnvelopeView {
    /// An envelope that is being made, before the members of its person and its content are set.
    public init(
        kind: Kind, from: Province, to: Province, record: RecordID, issuedAt: Instant, purpose: Purpose,
        retainUntil: CivilDate
    ) {
        (self.kind, self.from, self.to, self.record) = (kind, from, to, record)
        (self.issuedAt, self.purpose, self.retainUntil) = (issuedAt, purpose, retainUntil)
        (id, version) = (Self.unnumbered, 1)
    }

    /// The store numbers envelopes.
    private static let unnumbered = MessageID(high: 0x7000, low: 1 << 63)

    /// Sets a member of the person or of the content. Call ``settle()`` when all are set.
    @inline(__always)
    public mutating func set(_ member: EnvelopeMember, _ text: MemberText) {
        person.set(member, text)
        content.set(member, text)
    }

    /// Concludes what follows from several members.
    public mutating func settle() { person.settle() }
}

extension PersonView {
    @inline(__always)
    mutating func set(_ member: EnvelopeMember, _ text: MemberText) {
        switch member {
        case .sex: sex = text.withUTF8 { $0.count == 1 ? $0[0] : nil }
        case .name: name = text
        case .idType: idType = text.withUTF8(InterchangeNames.idTypes.value)
        case .idNumber: number = text.withUTF8 { PersonNumber(utf8: $0) }
        case .birthDate: birthDate = text.date
        case .hukouAsOf: hukouAsOf = text.date
        case .ethnicity: hasEthnicity = true
        case .hukouDivision: hukouDivision = text.division
        default: break
        }
    }

    mutating func settle() {
        if let number, let idType { numberForm = number.form(as: idType) }
    }
}

extension ContentView {
    @inline(__always)
    mutating func set(_ member: EnvelopeMember, _ text: MemberText) {
        switch member {
        case .residenceDivision: residenceDivision = text.division
        case .arrivalDate: arrivalDate = text.date
        case .registeredOn: registeredOn = text.date
        case .arrivalRecord: arrivalRecord = text.withUTF8 { RecordID(utf8: $0) }
        case .departureDate: departureDate = text.date
        case .fromDivision: fromDivision = text.division
        case .toDivision: toDivision = text.division
        case .effectiveDate: effectiveDate = text.date
        case .issuedOn: issuedOn = text.date
        case .since: since = text.date
        case .employer: employer = text
        case .permitStatus: permitStatus = text.withUTF8(InterchangeNames.permitStatuses.value)
        case .endorsedUntil: endorsedUntil = text.date
        case .ground: ground = text.withUTF8(InterchangeNames.grounds.value)
        default: break
        }
    }
}

extension MemberText {
    fileprivate var date: CivilDate? { withUTF8 { CivilDate(utf8: $0) } }

    fileprivate var division: DivisionCode? { withUTF8 { DivisionCode(utf8: $0) } }
}

extension EnvelopeView {
    /// The day of the fact itself, for a division that names no date of its own.
    var factDate: CivilDate? {
        content.arrivalDate ?? content.departureDate ?? content.effectiveDate ?? content.issuedOn ?? content.since
            ?? issuedAt?.dayInShanghai
    }

    /// Where the fact holds: the residence of an arrival, the new one of a relocation.
    var division: DivisionCode? { content.residenceDivision ?? content.toDivision }

    /// The day from which the fact holds.
    var effective: CivilDate? { content.arrivalDate ?? content.departureDate ?? content.effectiveDate }
}
