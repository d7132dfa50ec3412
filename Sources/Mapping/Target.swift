import Interchange

/// One member of an envelope that a mapping may fill.
public struct Target: Sendable, Hashable {
    /// What the member's text must be.
    public enum Form: Sendable, Hashable {
        /// Any text; how long is the schema's business.
        case text
        case idNumber, personName, date, division, record, province, instant
        /// A code of this code list.
        case code(list: String)
        /// One of these words.
        case word([String])
    }

    /// As a mapping writes it: `person.name`.
    public let path: String
    public let form: Form
    /// A mapping that does not fill it is wrong.
    public let isRequired: Bool

    /// JSON Pointer into the envelope.
    public var pointer: String { "/" + path.split(separator: ".").joined(separator: "/") }

    /// The name of the last member: `name`.
    var member: String { String(path.split(separator: ".").last ?? "") }

    init(_ path: String, _ form: Form, required: Bool = true) {
        self.path = path
        self.form = form
        isRequired = required
    }

    /// The targets of a kind in the order in which the envelope's line has them; nil for a kind that no source submits.
    /// `interchange.md`, sections Envelope, Person and Kinds.
    public static func all(of kind: Kind) -> [Target]? {
        guard let content = content(of: kind) else { return nil }
        return envelope + person(of: kind)
            + content.map { Target("content." + $0.path, $0.form, required: $0.isRequired) }
    }

    private static let envelope = [
        Target("from", .province, required: false), Target("to", .province, required: false),
        Target("issuedAt", .instant, required: false), Target("retainUntil", .date, required: false),
        Target("purpose", .word(Purpose.allCases.map(\.rawValue))), Target("legalBasis", .text),
    ]

    private static let idTypes = ["residentId", "hkMoTwPermit", "foreignPermanentResident", "passport", "none"]

    private static func person(of kind: Kind) -> [Target] {
        // Only residents' numbers and persons without one occur in these three, and both need the division.
        let isResident = kind == .arrival || kind == .departure || kind == .relocation
        var targets = [
            Target(
                "person.idType", .word(["residentId", "hkMoTwPermit", "foreignPermanentResident", "passport", "none"])),
            Target("person.idNumber", .idNumber, required: false), Target("person.name", .personName),
            Target("person.sex", .code(list: "sex")), Target("person.birthDate", .date),
            Target("person.hukouDivision", .division, required: isResident),
            Target("person.hukouAsOf", .date, required: false),
        ]
        if kind == .permit { targets.append(Target("person.ethnicity", .code(list: "ethnicity"), required: false)) }
        return targets
    }

    private static func content(of kind: Kind) -> [Target]? {
        switch kind {
        case .arrival:
            [
                Target("residenceDivision", .division), Target("arrivalDate", .date), Target("registeredOn", .date),
                Target("reason", .code(list: "arrival-reason"), required: false),
                Target("expectedStay", .word(["under1Month", "1To6Months", "over6Months"]), required: false),
            ]
        case .departure:
            [
                Target("arrivalRecord", .record), Target("departureDate", .date),
                Target(
                    "cause", .word(["left", "returnedHome", "movedOn", "becameLocal", "deceased", "registeredInError"])),
            ]
        case .relocation:
            [
                Target("arrivalRecord", .record), Target("fromDivision", .division), Target("toDivision", .division),
                Target("effectiveDate", .date),
            ]
        case .permit:
            [
                Target("permitNumber", .text), Target("permitKind", .code(list: "permit-kind")),
                Target(
                    "status",
                    .word(["applied", "issued", "endorsed", "suspended", "restored", "addressChanged", "cancelled"])),
                Target("issuedOn", .date, required: false), Target("endorsedUntil", .date, required: false),
            ]
        case .employment:
            [
                Target("employer", .text, required: false),
                Target("industrySection", .code(list: "industry-section"), required: false),
                Target("status", .word(["employed", "left", "unknown"])), Target("since", .date, required: false),
                Target("until", .date, required: false),
            ]
        case .verificationRequest, .verificationResponse, .correction, .retraction, .accessNotice: nil
        }
    }
}
