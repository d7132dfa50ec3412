import Interchange

extension StatusPolicy {
    /// Says for a request what is decided and by which line: what `yizhan policy explain` prints.
    public func explain(_ request: PolicyRequest, bureau: Bureau, on day: CivilDate) -> Bilingual {
        switch decide(request, bureau: bureau, on: day) {
        case .allowed(let rule): explain(rule)
        case .refused(let refusal): explain(refusal)
        }
    }

    private func explain(_ rule: PolicyRule) -> Bilingual {
        let until = rule.until.map { ("until \($0)", "至\($0)") } ?? ("without end", "无期限")
        return Bilingual(
            "Allowed by rule \(rule.name), \(place(rule)): \(rule.about.words.english), \(until.0).\(limits(rule.limits).english)",
            "由规则 \(rule.name)（\(place(rule))）准许：\(rule.about.words.chinese)，\(until.1)。\(limits(rule.limits).chinese)")
    }

    private func explain(_ refusal: Refusal) -> Bilingual {
        let words = refusal.reason.words
        guard let rule = refusal.rule else {
            return Bilingual(
                "Refused, \(refusal.reason.rawValue): \(words.english)",
                "拒绝，\(refusal.reason.rawValue)：\(words.chinese)")
        }
        return Bilingual(
            "Refused, \(refusal.reason.rawValue), nearest rule \(rule.name), \(place(rule)): \(words.english)",
            "拒绝，\(refusal.reason.rawValue)，最近的规则为 \(rule.name)（\(place(rule))）：\(words.chinese)")
    }

    private func place(_ rule: PolicyRule) -> String { "\(file):\(rule.line)" }

    private func limits(_ limits: PolicyLimits) -> Bilingual {
        let values = [
            limits.perOfficerPerDay.map { Bilingual("\($0) a day for an officer", "每名经办人每日\($0)次") },
            limits.perBureauPerDay.map { Bilingual("\($0) a day for the bureau", "每单位每日\($0)次") },
            limits.missesPerDay.map { Bilingual("\($0) misses a day for an officer", "每名经办人每日未命中\($0)次") },
            limits.perOfficerPerHour.map { Bilingual("\($0) an hour for an officer", "每名经办人每小时\($0)次") },
            limits.perBureauPerHour.map { Bilingual("\($0) an hour for the bureau", "每单位每小时\($0)次") },
            limits.bureauMissesPerDay.map { Bilingual("\($0) misses a day for the bureau", "每单位每日未命中\($0)次") },
            limits.similarPerDay.map { Bilingual("\($0) similar numbers a day for the bureau", "每单位每日相似号码\($0)个") },
        ].compactMap { $0 }
        guard !values.isEmpty else { return Bilingual("", "") }
        return Bilingual(
            " At most \(values.map(\.english).joined(separator: ", ")).",
            "上限：\(values.map(\.chinese).joined(separator: "，"))。")
    }
}

extension Tie {
    var words: Bilingual {
        switch self {
        case .any: Bilingual("about any person", "可问任何人")
        case .held: Bilingual("about persons of whom a record is held", "限本网关持有记录的人员")
        case .ownFile: Bilingual("about persons in the bureau's own file", "限本单位档案内的人员")
        case .livesHere: Bilingual("about persons who are registered as living here", "限现登记居住在本省的人员")
        case .comesFromHere: Bilingual("about persons whose household is registered here", "限户籍在本省的人员")
        }
    }
}

extension RefusalReason {
    /// One sentence in both languages.
    public var words: Bilingual {
        switch self {
        case .noRule: Bilingual("no rule speaks of the bureau.", "没有适用于该单位的规则。")
        case .questionNotAllowed: Bilingual("no rule lets the bureau ask this question.", "没有规则准许该单位提出此问题。")
        case .purposeNotAllowed: Bilingual("no rule lets the bureau ask it for this purpose.", "没有规则准许以此目的提出。")
        case .expired: Bilingual("the rule that allowed it has ended.", "准许该查询的规则已过期。")
        case .caseMissing: Bilingual("caseInquiry needs the reference of a case.", "以案件调查为目的须提供案件编号。")
        }
    }
}
