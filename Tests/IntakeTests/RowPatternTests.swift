import Intake
import Testing

@Suite struct RowPatternTests {
    @Test(arguments: [
        ("^(合计|小计)", "合计", true), ("^(合计|小计)", "小计：12", true), ("^(合计|小计)", "12合计", false),
        ("合计", "本页合计", true), ("^$", "", true), ("^$", "a", false), ("^\\d+$", "0123", true), ("^\\d+$", "12a", false),
        ("^[^0-9]", "总", true), ("^[^0-9]", "7", false), ("^a.c$", "a中c", true), ("a+b?c*$", "xaab", true),
        ("^(a|b)*$", "abba", true), ("^(a|b)*$", "abca", false), ("\\(共", "(共3", true), ("", "anything", true),
        ("^(a*)*$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false),
    ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try RowPattern(pattern).matches(text.utf8) == expected)
    }

    @Test(arguments: ["(", ")", "[", "[]", "*", "a{2}", "\\q", "\\", "[z-a]", "^a|b"])
    func patternsThatCannotBeRead(pattern: String) {
        #expect(throws: RowPattern.Mistake.self) { try RowPattern(pattern) }
    }
}
