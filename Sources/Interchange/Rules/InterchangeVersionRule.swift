/// `VERSION_UNSUPPORTED`.
enum InterchangeVersionRule: Rule {
    static let code = ViolationCode.versionUnsupported
    static let holdsWhen = Bilingual(
        "another major version of the interchange than 1",
        "交换规范的主版本不是 1")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        if envelope.hasAnotherMajorVersion { report.add(code, at: "/interchange") }
    }
}
