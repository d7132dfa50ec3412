import Interchange

/// Bounds on what one other province asks in a day. Bureaus and officers are the asking gateway's to name: a province that invents them
/// has fresh counts under every rule, and these none the less. A day is one of Asia/Shanghai.
public struct ProvinceLimits: Sendable, Hashable {
    public var questionsPerDay = 50_000
    /// Answers other than `yes`.
    public var missesPerDay = 5_000
    /// Different numbers that have county and birth date in common.
    public var similarPerDay = 50

    public init() {}

    public func quotas(of province: Province, at now: Instant) -> [Quota] {
        // No rule's count has this name: those of officers and bureaus have a rule's before it, those of similar numbers a bureau's.
        let scope = "urn:yizhan:province:\(province)"
        let all: [(Quota.Counted, Int)] = [
            (.questions, questionsPerDay), (.misses, missesPerDay), (.similar, similarPerDay),
        ]
        return all.map { counted, most in
            Quota(counted: counted, scope: scope, most: most, until: now.endOfDayInShanghai, isOfProvince: true)
        }
    }

    /// Whether a refusal is by one of these, which no policy states.
    static func isReason(_ reason: String) -> Bool {
        Quota.Counted.allCases.contains {
            Quota(counted: $0, scope: "", most: 0, until: Instant(milliseconds: 0), isOfProvince: true).reason == reason
        }
    }
}
