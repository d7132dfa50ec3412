import Exchange

/// Plays a peer against an implementation of the exchange protocol, rule by rule.
///
/// It sends records about persons who do not exist, kept for one day, and withdraws every one that was applied before it
/// ends. A batch that the implementation has ready for this peer is looked at and left: its lease lapses.
public enum ConformanceSuite {
    /// In the order in which they are tried.
    public static let rules =
        [ReadingRules.capabilities] + AnswerRules.all + SignatureRules.all + IdentityRules.all + RepeatRules.all
        + OutcomeRules.all
        + ReferenceRules.all + VersionRules.all + EncodingRules.all + LimitRules.all + PressureRules.all
        + ReadingRules.all + PullRules.all + ClosingRules.all

    /// Tries one rule. The first is the one that learns the limits by which others go; the last withdraws what was sent.
    public static func finding(on rule: ConformanceRule, _ peer: ConformancePeer) async -> ConformanceFinding {
        ConformanceFinding(rule: rule.id, statement: rule.statement, verdict: await verdict(on: rule, peer))
    }

    private static func verdict(on rule: ConformanceRule, _ peer: ConformancePeer) async -> Verdict {
        do {
            return try await rule.check(peer)
        } catch let error as Unexpected {
            return .broken(expected: error.expected, found: error.found)
        } catch let error as Untested {
            return .untested(error.reason)
        } catch {
            return .broken(expected: "an answer", found: "\(error)")
        }
    }
}
