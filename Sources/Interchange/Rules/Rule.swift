/// One rule of the interchange. It reads a typed envelope and reports what does not hold; it looks only at members that
/// could be read, and leaves the others to the schema.
public protocol Rule: Sendable {
    /// The violation that it reports.
    static var code: ViolationCode { get }
    /// When the violation holds, in one sentence, for the table of rules.
    static var holdsWhen: Bilingual { get }

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report)
}

/// What the rules know besides the envelope.
public struct RuleContext {
    public let codeLists: CodeLists
    public let retention: RetentionCaps
    public let side: CheckSide
    public let now: Instant
    /// The day of ``now`` in Asia/Shanghai.
    public let today: CivilDate

    public init(codeLists: CodeLists, retention: RetentionCaps, side: CheckSide, now: Instant) {
        self.codeLists = codeLists
        self.retention = retention
        self.side = side
        self.now = now
        today = now.dayInShanghai
    }
}

/// Who checks.
public enum CheckSide: Sendable, Hashable {
    /// The gateway or tool that makes the envelope; what only a receiver can judge is skipped.
    case sender
    /// A receiver of this province, to whom this peer sent it.
    case receiver(as: Province, from: Province)
}

/// How long each purpose lets a receiver keep what came, in days.
public struct RetentionCaps: Sendable {
    private let days: [Int]

    /// - Parameter shortened: days for the purposes where the gateway keeps shorter; longer than the purpose's own cap,
    ///   they are not heeded.
    public init(shortened: [Purpose: Int] = [:]) {
        days = Purpose.allCases.map { min($0.retentionCapInDays, max(1, shortened[$0] ?? .max)) }
    }

    public func days(for purpose: Purpose) -> Int { days[purpose.index] }
}

extension Purpose {
    /// Place in `allCases`, without making that array.
    fileprivate var index: Int {
        switch self {
        case .residenceRegistration: 0
        case .permitService: 1
        case .publicService: 2
        case .householdVerification: 3
        case .employmentVerification: 4
        case .caseInquiry: 5
        case .correction: 6
        case .subjectAccess: 7
        }
    }
}
