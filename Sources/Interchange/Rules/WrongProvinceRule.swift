/// `WRONG_PROVINCE`.
enum WrongProvinceRule: Rule {
    static let code = ViolationCode.wrongProvince
    static let holdsWhen = Bilingual(
        "from or to does not fit the divisions in the record, the record's id, or who sent and received it",
        "from 或 to 与记录中的区划、记录编号或收发双方不符")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        if case .receiver(let own, let peer) = context.side {
            if let from = envelope.from, from != peer { report.add(code, at: "/from") }
            if let to = envelope.to, to != own { report.add(code, at: "/to") }
        }
        guard let kind = envelope.kind, kind.isFromRegisterToHome, let from = envelope.from, let to = envelope.to,
            from != to
        else { return }
        if !report.has(code, at: "/to"), let home = envelope.homeProvince, home != to { report.add(code, at: "/to") }
        if !report.has(code, at: "/from"), let register = envelope.registerProvince, register != from {
            report.add(code, at: "/from")
        }
        if let record = envelope.record, record.home != to || record.register != from {
            report.add(code, at: "/record")
        }
        if let arrival = envelope.content.arrivalRecord, arrival.register != from {
            report.add(code, at: "/content/arrivalRecord")
        }
    }
}
