/// `RETENTION_TOO_LONG`.
enum RetentionRule: Rule {
    static let code = ViolationCode.retentionTooLong
    static let holdsWhen = Bilingual(
        "retainUntil is later than issuedAt plus the retention cap of the purpose",
        "保留期限超过签发日加该用途的保留上限")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard let until = envelope.retainUntil, let issued = envelope.issuedAt, let purpose = envelope.purpose else {
            return
        }
        let cap = issued.dayInShanghai.adding(days: context.retention.days(for: purpose))
        if until > cap { report.add(code, at: "/retainUntil") }
    }
}
