/// `ISSUED_IN_FUTURE`.
enum IssueTimeRule: Rule {
    static let code = ViolationCode.issuedInFuture
    static let holdsWhen = Bilingual(
        "issuedAt is over 5 minutes ahead of the clock",
        "签发时间超前时钟 5 分钟以上")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard let issued = envelope.issuedAt else { return }
        if issued > context.now.adding(seconds: 300) { report.add(code, at: "/issuedAt") }
    }
}
