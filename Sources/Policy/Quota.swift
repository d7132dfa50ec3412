import Interchange

/// One count that is bounded for one span of time: by a rule for a bureau or officer, or for a province that asks.
public struct Quota: Sendable, Hashable {
    public enum Counted: String, Sendable, Hashable, CaseIterable {
        case questions
        /// Answers other than `yes`; absent, protected and untied persons cost the same.
        case misses
        /// Different numbers that have county and birth date in common.
        case similar
    }

    public var counted: Counted
    /// Whose count it is: equal texts share one.
    public var scope: String
    /// The most that is let through.
    public var most: Int
    /// When the count begins anew.
    public var until: Instant
    /// Whether it bounds all that another province asks, whatever bureaus it names.
    public var isOfProvince = false

    /// The stable word for a refusal by it.
    public var reason: String {
        switch (counted, isOfProvince) {
        case (.questions, false): "quotaExceeded"
        case (.misses, false): "missBudgetExceeded"
        case (.similar, false): "similarNumbers"
        case (.questions, true): "provinceQuotaExceeded"
        case (.misses, true): "provinceMissBudgetExceeded"
        case (.similar, true): "provinceSimilarNumbers"
        }
    }
}

extension PolicyRule {
    /// What is counted of a question under this rule.
    /// - Parameters:
    ///   - asker: the bureau's name as its certificate has it, province included.
    public func quotas(of asker: String, officer: String, at now: Instant) -> [Quota] {
        let limits = limits.completed
        let (day, hour) = (now.endOfDayInShanghai, now.endOfHour)
        let bureau = name + "\n" + asker
        let person = bureau + "\n" + officer
        var quotas: [Quota] = []
        quotas.reserveCapacity(7)
        func bound(_ counted: Quota.Counted, _ scope: String, _ most: Int?, _ until: Instant) {
            if let most { quotas.append(Quota(counted: counted, scope: scope, most: most, until: until)) }
        }
        bound(.questions, person, limits.perOfficerPerDay, day)
        bound(.questions, bureau, limits.perBureauPerDay, day)
        bound(.questions, person, limits.perOfficerPerHour, hour)
        bound(.questions, bureau, limits.perBureauPerHour, hour)
        bound(.misses, person, limits.missesPerDay, day)
        bound(.misses, bureau, limits.bureauMissesPerDay, day)
        bound(.similar, asker, limits.similarPerDay, day)
        return quotas
    }
}

extension PolicyLimits {
    /// With the standard where nothing is stated.
    fileprivate var completed: PolicyLimits {
        var all = self
        let standard = Self.standard
        all.perOfficerPerDay = perOfficerPerDay ?? standard.perOfficerPerDay
        all.perBureauPerDay = perBureauPerDay ?? standard.perBureauPerDay
        all.missesPerDay = missesPerDay ?? standard.missesPerDay
        all.bureauMissesPerDay = bureauMissesPerDay ?? max(standard.bureauMissesPerDay ?? 0, all.missesPerDay ?? 0)
        all.similarPerDay = similarPerDay ?? standard.similarPerDay
        return all
    }
}

extension Instant {
    /// The midnight in Asia/Shanghai (UTC+8 all year) that ends the day.
    var endOfDayInShanghai: Instant {
        Instant(startOf: dayInShanghai.adding(days: 1))
    }

    fileprivate var endOfHour: Instant { Instant(seconds: (seconds / 3_600 + 1) * 3_600) }
}
