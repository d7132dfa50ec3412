import Interchange

/// One member of an envelope that a mapping may fill.
public struct Target: Sendable, Hashable {
    /// What the member's text must be.
    public enum Form: Sendable, Hashable {
        /// Any text; how long is the schema's business.
        case text
        case idNumber, personName, date, division, record, province, instant
        /// A JSON number: digits without a leading zero.
        case integer
        /// A code of this code list.
        case code(list: String)
        /// One of these words.
        case word([String])
        /// A JSON array of these words, each once.
        case list([String])
    }

    /// As a mapping writes it: `person.name`.
    public let path: String
    public let form: Form
    /// A mapping that does not fill it is wrong.
    public let isRequired: Bool

    /// JSON Pointer into the envelope. What asks for one assertion points at the list of them.
    public var pointer: String {
        if path.hasPrefix("content.assertions.") { return "/content/assertions" }
        return "/" + path.split(separator: ".").joined(separator: "/")
    }

    /// The name of the last member: `name`.
    var member: String { String(path.split(separator: ".").last ?? "") }

    init(_ path: String, _ form: Form, required: Bool = true) {
        self.path = path
        self.form = form
        isRequired = required
    }

    /// The targets of a kind in the order in which the envelope's line has them.
    /// `interchange.md`, sections Envelope, Person and Kinds.
    public static func all(of kind: Kind) -> [Target] {
        envelope(of: kind) + person(of: kind)
            + content(of: kind).map { Target("content." + $0.path, $0.form, required: $0.isRequired) }
    }

    private static func envelope(of kind: Kind) -> [Target] {
        var targets = [
            Target("from", .province, required: false), Target("to", .province, required: false),
            Target("issuedAt", .instant, required: false), Target("retainUntil", .date, required: false),
            Target("purpose", .word(Purpose.allCases.map(\.rawValue))), Target("legalBasis", .text),
        ]
        if kind == .verificationRequest { targets.append(Target("respondBy", .date, required: false)) }
        if kind == .verificationResponse { targets.append(Target("inReplyTo", .text)) }
        return targets
    }

    private static func person(of kind: Kind) -> [Target] {
        // Only residents' numbers and persons without one occur in these three, and both need the division.
        let isResident = kind == .arrival || kind == .departure || kind == .relocation
        let idTypes =
            isResident
            ? ["residentId", "none"]
            : ["residentId", "hkMoTwPermit", "foreignPermanentResident", "passport", "none"]
        var targets = [
            Target("person.idType", .word(idTypes)), Target("person.idNumber", .idNumber, required: false),
            Target("person.name", .personName), Target("person.sex", .code(list: "sex")),
            Target("person.birthDate", .date), Target("person.hukouDivision", .division, required: isResident),
            Target("person.hukouAsOf", .date, required: false),
        ]
        if kind == .permit { targets.append(Target("person.ethnicity", .code(list: "ethnicity"), required: false)) }
        return targets
    }
}
