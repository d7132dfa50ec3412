import Interchange

/// Whom a rule speaks of.
public enum Asker: Sendable, Hashable, CustomStringConvertible {
    case kind(BureauKind)
    /// One bureau, by the id of the configuration.
    case bureau(String)

    public func includes(_ bureau: Bureau) -> Bool {
        switch self {
        case .kind(let kind): bureau.kind == kind
        case .bureau(let id): bureau.id == id
        }
    }

    /// As in the file: `police`, `bureau:gz-02`.
    public var description: String {
        switch self {
        case .kind(let kind): kind.rawValue
        case .bureau(let id): "bureau:" + id
        }
    }
}

/// About which persons a rule lets a bureau ask. What the tie is to be tested on is the subject, so no tie is answered
/// `unknown`, never `refused`.
public enum Tie: String, Sendable, Hashable, CaseIterable {
    /// Any person.
    case any
    /// Persons of whom this gateway holds a record.
    case held
    /// Persons in the asking bureau's own file: of whom a record of its field is held (commerce: employment; police: a
    /// registration; service: a permit).
    case ownFile
    /// Persons who are registered as living in this gateway's province now.
    case livesHere
    /// Persons whose household is registered in this gateway's province.
    case comesFromHere

    /// The tie that a person must have for a bureau of the kind, as the store and the audit log call it; nil for any.
    public func fact(for kind: BureauKind) -> String? {
        switch self {
        case .any: nil
        case .held, .livesHere, .comesFromHere: rawValue
        case .ownFile:
            switch kind {
            case .police: "registration"
            case .commerce: "employment"
            case .service: "permit"
            }
        }
    }
}

/// How often may be asked under a rule, each from 1 to 1,000,000 in a day of Asia/Shanghai or in an hour of the clock. Where a
/// day's limit is nil, ``standard`` has it: no rule is without bounds.
public struct PolicyLimits: Sendable, Hashable {
    public var perOfficerPerDay: Int?
    public var perBureauPerDay: Int?
    /// Answers other than `yes`, for an officer.
    public var missesPerDay: Int?
    public var perOfficerPerHour: Int?
    public var perBureauPerHour: Int?
    /// Answers other than `yes`, for the bureau.
    public var bureauMissesPerDay: Int?
    /// Different numbers of one county and birth date that a bureau asks about, under whatever rule.
    public var similarPerDay: Int?

    public init(
        perOfficerPerDay: Int? = nil, perBureauPerDay: Int? = nil, missesPerDay: Int? = nil,
        perOfficerPerHour: Int? = nil, perBureauPerHour: Int? = nil, bureauMissesPerDay: Int? = nil,
        similarPerDay: Int? = nil
    ) {
        self.perOfficerPerDay = perOfficerPerDay
        self.perBureauPerDay = perBureauPerDay
        self.missesPerDay = missesPerDay
        self.perOfficerPerHour = perOfficerPerHour
        self.perBureauPerHour = perBureauPerHour
        self.bureauMissesPerDay = bureauMissesPerDay
        self.similarPerDay = similarPerDay
    }

    /// What holds where a rule says nothing.
    public static let standard = PolicyLimits(
        perOfficerPerDay: 200, perBureauPerDay: 5_000, missesPerDay: 50, bureauMissesPerDay: 1_000, similarPerDay: 10)

    /// Every limit with its key in a policy file, in the order of the file's documentation.
    var stated: [(key: String, most: Int)] {
        let all = [
            ("perOfficerPerDay", perOfficerPerDay), ("perBureauPerDay", perBureauPerDay),
            ("missesPerDay", missesPerDay), ("perOfficerPerHour", perOfficerPerHour),
            ("perBureauPerHour", perBureauPerHour), ("bureauMissesPerDay", bureauMissesPerDay),
            ("similarPerDay", similarPerDay),
        ]
        return all.compactMap { key, most in most.map { (key, $0) } }
    }

    static let keys = [
        "perOfficerPerDay", "perBureauPerDay", "missesPerDay", "perOfficerPerHour", "perBureauPerHour",
        "bureauMissesPerDay", "similarPerDay",
    ]
}

/// One permission: who may ask what, for what, about whom, how often, until when.
public struct PolicyRule: Sendable, Hashable {
    public var name: String
    public var who: Set<Asker>
    public var ask: Set<Question>
    public var purposes: Set<Purpose>
    public var about: Tie
    public var limits: PolicyLimits
    /// The last day on which the rule holds; nil for no end.
    public var until: CivilDate?
    /// Where the rule begins in its file, from 1.
    public var line: Int

    public init(
        name: String, who: Set<Asker>, ask: Set<Question>, purposes: Set<Purpose>, about: Tie = .any,
        limits: PolicyLimits = PolicyLimits(), until: CivilDate? = nil, line: Int = 0
    ) {
        self.name = name
        self.who = who
        self.ask = ask
        self.purposes = purposes
        self.about = about
        self.limits = limits
        self.until = until
        self.line = line
    }

    public func isInForce(on day: CivilDate) -> Bool { until.map { day <= $0 } ?? true }

    /// The rule in one line, each set sorted: what its meaning is, without its place and comments.
    var normalForm: String {
        let limits = limits.stated.map { "\($0.key):\($0.most)" }
        let parts = [
            "rule=\(name)", "who=\(Self.sorted(who.map(\.description)))", "ask=\(Self.sorted(ask.map(\.rawValue)))",
            "for=\(Self.sorted(purposes.map(\.rawValue)))", "about=\(about.rawValue)",
            "limits=\(limits.joined(separator: ","))", "until=\(until?.description ?? "")",
        ]
        return parts.joined(separator: ";") + "\n"
    }

    static func sorted(_ words: [String]) -> String { words.sorted().joined(separator: ",") }
}
