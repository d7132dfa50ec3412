import Interchange

extension Target {
    /// The closed questions of a verification.
    static let assertions = [
        "hukouHere", "nameMatches", "birthDateMatches", "sexMatches", "divisionCurrent", "alive",
    ]

    /// Of these groups a mapping fills one or more, so that none of them is required by itself.
    static func groups(of kind: Kind) -> [(path: String, members: [String])] {
        switch kind {
        case .verificationRequest:
            [("content.assertions", ["content.assertions"] + assertions.map { "content.assertions.\($0)" })]
        case .verificationResponse: [("content.results", assertions.map { "content.results.\($0)" })]
        default: []
        }
    }

    /// Paths below `content`.
    static func content(of kind: Kind) -> [Target] {
        switch kind {
        case .arrival: arrival
        case .departure: departure
        case .relocation: relocation
        case .permit: permit
        case .employment: employment
        case .verificationRequest: verificationRequest
        case .verificationResponse: verificationResponse
        case .correction: correction
        case .retraction: retraction
        case .accessNotice: accessNotice
        }
    }

    private static let arrival = [
        Target("residenceDivision", .division), Target("arrivalDate", .date), Target("registeredOn", .date),
        Target("reason", .code(list: "arrival-reason"), required: false),
        Target("expectedStay", .word(["under1Month", "1To6Months", "over6Months"]), required: false),
    ]

    private static let departure = [
        Target("arrivalRecord", .record), Target("departureDate", .date),
        Target("cause", .word(["left", "returnedHome", "movedOn", "becameLocal", "deceased", "registeredInError"])),
    ]

    private static let relocation = [
        Target("arrivalRecord", .record), Target("fromDivision", .division), Target("toDivision", .division),
        Target("effectiveDate", .date),
    ]

    private static let permit = [
        Target("permitNumber", .text), Target("permitKind", .code(list: "permit-kind")),
        Target(
            "status",
            .word(["applied", "issued", "endorsed", "suspended", "restored", "addressChanged", "cancelled"])),
        Target("issuedOn", .date, required: false), Target("endorsedUntil", .date, required: false),
    ]

    private static let employment = [
        Target("employer", .text, required: false),
        Target("industrySection", .code(list: "industry-section"), required: false),
        Target("status", .word(["employed", "left", "unknown"])), Target("since", .date, required: false),
        Target("until", .date, required: false),
    ]

    /// `assertions` from a list, or an assertion each from a column that says yes or no.
    private static let verificationRequest =
        [Target("assertions", .list(assertions), required: false)]
        + assertions.map { Target("assertions.\($0)", .word(["yes", "no"]), required: false) }

    private static let verificationResponse =
        assertions.map {
            Target("results.\($0)", .word(["yes", "no", "unknown", "refused"]), required: false)
        } + [Target("reasonCode", .text, required: false)]

    private static let target = [Target("target.record", .record), Target("target.version", .integer)]

    private static let correction =
        target + [
            Target("field", .text), Target("oldDigest", .text), Target("newValue", .text),
            Target("requestedBy", .word(["subject", "register", "home"])),
        ]

    private static let retraction =
        target + [Target("ground", .word(["wrongPerson", "unlawful", "purposeEnded", "duplicate", "courtOrder"]))]

    private static let accessNotice = [
        Target("askedBy", .text), Target("askedAt", .instant),
        Target("purpose", .word(Purpose.allCases.map(\.rawValue))), Target("accessKind", .text),
        Target("deferredUntil", .date, required: false), Target("deferralGround", .text, required: false),
    ]
}
