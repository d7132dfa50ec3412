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
    /// Persons in the asking bureau's own file.
    case ownFile
}

/// How often may be asked under a rule, each from 1 to 1,000,000 in a day of Asia/Shanghai; nil leaves it to the
/// gateway's configuration.
public struct PolicyLimits: Sendable, Hashable {
    public var perOfficerPerDay: Int?
    public var perBureauPerDay: Int?
    /// Answers other than `yes`, for an officer.
    public var missesPerDay: Int?

    public init(perOfficerPerDay: Int? = nil, perBureauPerDay: Int? = nil, missesPerDay: Int? = nil) {
        self.perOfficerPerDay = perOfficerPerDay
        self.perBureauPerDay = perBureauPerDay
        self.missesPerDay = missesPerDay
    }
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
        let limits = [
            limits.perOfficerPerDay.map { "perOfficerPerDay:\($0)" },
            limits.perBureauPerDay.map { "perBureauPerDay:\($0)" },
            limits.missesPerDay.map { "missesPerDay:\($0)" },
        ].compactMap { $0 }
        let parts = [
            "rule=\(name)", "who=\(Self.sorted(who.map(\.description)))", "ask=\(Self.sorted(ask.map(\.rawValue)))",
            "for=\(Self.sorted(purposes.map(\.rawValue)))", "about=\(about.rawValue)",
            "limits=\(limits.joined(separator: ","))", "until=\(until?.description ?? "")",
        ]
        return parts.joined(separator: ";") + "\n"
    }

    static func sorted(_ words: [String]) -> String { words.sorted().joined(separator: ",") }
}
