/// The rules in the order of the table in the documentation, in which they are applied too.
public enum RuleTable {
    public static let rules: [any Rule.Type] = [
        DamagedNumberRule.self, PlaceholderNumberRule.self, NumberFormRule.self, NumberChecksumRule.self,
        LegacyNumberRule.self, NumberDivisionRule.self, BirthDateMatchRule.self, SexMatchRule.self, NameRule.self,
        DateOrderRule.self, DivisionUnknownRule.self, DivisionNotCurrentRule.self, SameProvinceRule.self,
        WrongProvinceRule.self, PurposeForbidsRule.self, MinorEmploymentRule.self, RetentionRule.self,
        IssueTimeRule.self, InterchangeVersionRule.self, EmployerCheckRule.self,
    ]

    /// Applies every rule.
    public static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        for rule in rules { rule.check(envelope, context, &report) }
    }

    /// When the violation holds: the rule's own words, or those of the message where a schema, intake or the store
    /// finds it.
    public static func holdsWhen(_ code: ViolationCode) -> Bilingual {
        rules.first { $0.code == code }?.holdsWhen ?? code.text.message
    }

    /// The table for the documentation, a row for each code.
    public static var markdown: String {
        var table = "| code | severity | holds when | remedy |\n| --- | --- | --- | --- |\n"
        for code in ViolationCode.allCases {
            let severity = code == .idDivision ? "quarantine or flag" : code.severity.rawValue
            let remedy = code.text.remedy.english
            table += "| `\(code.rawValue)` | \(severity) | \(holdsWhen(code).english) | \(remedy) |\n"
        }
        return table
    }
}
