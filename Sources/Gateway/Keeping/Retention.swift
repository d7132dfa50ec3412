import Interchange
import Store

/// The account of one day's forgetting.
public struct RetentionReport: Codable, Sendable, Hashable {
    /// Lines of envelopes whose last day has passed.
    public var erased = 0
    /// Rows that left the quarantine after their limit.
    public var expired = 0
    public var nonces = 0
    public var wrapping: WrappingReport?

    public init() {}
}

/// Forgetting in time, day by day.
extension Keeping {
    /// Does what is due, once a day from the configured hour on; at once when days were missed.
    /// - Returns: nil when the day's is done.
    public func retainIfDue(at now: Instant) async throws -> RetentionReport? {
        let day = now.adding(seconds: -Int64(limits.hour) * 3_600).dayInShanghai
        if let last = try await store.lastRetentionDay(), last >= day { return nil }
        return try await retain(day, at: now)
    }

    private func retain(_ day: CivilDate, at now: Instant) async throws -> RetentionReport {
        var report = RetentionReport()
        (report.erased, report.expired) = try await eraseDue(at: now)
        report.nonces = try await all { try await store.forgetNonces(at: now) }
        // The whole index is written anew for it: once a month is often enough for what is counted in years.
        if try await store.lastRetentionDay()?.month != day.month {
            let last = day.daysSince1970 - Int32(StoreLimits.pseudonymDays)
            try await store.beginForgettingPersons(before: CivilDate(daysSince1970: Int(last)))
            while try await store.continueForgettingPersons() {}
        }
        report.wrapping = try await tendWrappingKeys(at: now)
        try await store.finishRetention(of: day)
        return report
    }

    /// Erases what may not be kept any longer: also before a restored store is opened.
    func eraseDue(at now: Instant) async throws -> (erased: Int, expired: Int) {
        var erased = 0
        while let step = try await store.eraseDue(on: now.dayInShanghai, at: now) {
            erased += step.erased
            try Task.checkCancellation()
        }
        let since = now.adding(seconds: -Int64(limits.quarantineDays) * 86_400)
        return (erased, try await all { try await store.expireQuarantined(since: since, at: now) })
    }

    private func all(_ step: () async throws -> Int) async throws -> Int {
        var total = 0
        while true {
            let count = try await step()
            total += count
            if count < StoreLimits.rowsPerStep { return total }
        }
    }
}

extension CivilDate {
    /// `YYYY-MM`.
    fileprivate var month: Substring { description.prefix(7) }
}
