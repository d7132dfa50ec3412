import JSONTape

/// An envelope's members as typed values. A member that is missing or not of its type is nil: telling so is the schema's
/// business, and each rule looks only at what could be read.
///
/// Borrows the parsed text: valid only while the ``JSONView`` that it was made from is.
public struct EnvelopeView {
    /// `interchange`, as text.
    public internal(set) var interchange: JSONView?
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
    public internal(set) var name: JSONView?
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
    public internal(set) var employer: JSONView?
    public internal(set) var permitStatus: PermitStatus?
    public internal(set) var endorsedUntil: CivilDate?
    public internal(set) var target: RecordTarget?
    public internal(set) var ground: RetractionGround?
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
