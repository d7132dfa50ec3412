import Testing

@Suite struct PatternTests {
    private func matches(_ text: String, _ pattern: String) throws -> Bool {
        try isValid(quoted(text), by: "{\"pattern\": \(quoted(pattern))}")
    }

    @Test(
        arguments: [
            ("^[0-9]{6}$", ["310104", "000000"], ["31010", "3101045", "31010a", "310104\n"]),
            ("b", ["abc", "b"], ["", "ac"]),
            ("^(ab|cd)*e?$", ["", "ab", "abcde", "e"], ["abc", "ee"]),
            ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
            ("^.{2}$", ["省市", "😀a", "\u{0}a"], ["省", "省市县", "a\n"]),
            ("^[一-龥·]{2,}$", ["王芳", "阿卜杜拉·买买提"], ["王", "Wang Fang"]),
            ("^[^一-龥]$", ["a", "😀", "\u{4DFF}"], ["王", ""]),
            (#"\bcat\b"#, ["cat", "a cat."], ["concat", "cats"]),
            (#"^\B.\B$"#, ["-"], ["a", ""]),
            (#"^\u{20}\x41\u0042\cI$"#, [" AB\t"], ["AB"]),
            (#"^\uD83D\uDE00[\u{1F600}-\u{1F602}]$"#, ["😀😁"], ["😀😃"]),
            (#"^\p{Lu}\P{Lu}$"#, ["Éa", "Ω1"], ["éA", "AA"]),
            (#"^[\d\-x]+$"#, ["1-x"], ["1+x"]),
            ("^(?<year>[0-9]+)$", ["1990"], ["x"]),
            ("(^a)|(b$)", ["ac", "cb"], ["ca", "bc"]),
            ("a|", ["", "x"], []),
            ("^[]$", [], ["", "a"]),
            ("^[^]$", ["a", "\n", "省"], [""]),
            ("^(a*)*$", ["", "aaaa"], ["b"]),
        ] as [(String, [String], [String])])
    func matchesAsECMAScriptDoes(pattern: String, yes: [String], no: [String]) throws {
        for text in yes { #expect(try matches(text, pattern), "\(text.debugDescription) matches") }
        for text in no { #expect(try !matches(text, pattern), "\(text.debugDescription) does not match") }
    }

    @Test(arguments: [
        "*", "a**", "(", ")", "[", "[b-a]", "a{2,1}", "{", "}", "]", "a{1", #"\"#, #"\q"#, #"\-"#, #"\u12"#,
        #"\u{110000}"#,
        #"\p{Nope}"#, #"\p"#, #"\1"#, "(?=a)", "(?!a)", "(?<=a)", "(?<n>a)\\k<n>", "(?x)", "^*", "a{20000}",
        "((((a{1000}){1000}){1000}){1000})",
    ])
    func refusesPatterns(pattern: String) {
        #expect(throws: (any Error).self) { try matches("a", pattern) }
    }

    @Test func isLinearWhereBacktrackingIsNot() throws {
        let text = String(repeating: "a", count: 50_000)
        #expect(try !matches(text + "!", "^(a+)+$"))
        #expect(try matches(text, "^(a|aa)+$"))
        #expect(try !matches(text + "b", "(x+x+)+y"))
    }

    @Test func followsAllStatesWhereATableWouldBeTooLarge() throws {
        let pattern = "^[ab]*a[ab]{16}$"
        #expect(try matches("bba" + String(repeating: "b", count: 16), pattern))
        #expect(try !matches("bbb" + String(repeating: "a", count: 15), pattern))
    }
}
