import JSONTape
import Testing

@Suite struct JSONViewTests {
    private func parse<R>(_ text: String, _ body: (JSONView) throws -> R) throws -> R {
        try JSONParser().parse(Array(text.utf8), body)
    }

    @Test func isThreeWords() { #expect(MemoryLayout<JSONView>.size == 24) }

    @Test func findsMembers() throws {
        try parse(#"{"from":"31","content":{"days":[1,2]},"\u0074o":"44"}"#) { view in
            #expect(view["from"]?.string == "31")
            #expect(view["to"]?.string == "44")
            #expect(view[member: "content"]?["days"]?.count == 2)
            #expect(view["missing"] == nil)
            #expect(view["from"]?["from"] == nil)
            #expect(view.count == 3)
        }
    }

    @Test func visitsInTheOrderOfTheText() throws {
        try parse(#"{"b":[1,[2],3],"a":null}"#) { view in
            var names: [String] = []
            view.forEachMember { name, value in names.append("\(name.string ?? "") \(value.kind)") }
            #expect(names == ["b array", "a null"])
            var kinds: [JSONView.Kind] = []
            view["b"]?.forEachElement { kinds.append($0.kind) }
            #expect(kinds == [.integer, .array, .integer])
        }
    }

    @Test func unescapes() throws {
        try parse(#"["\"\\\/\b\f\n\r\t\u0041\u00e9\u4eba\ud83d\ude00", "plain"]"#) { view in
            var texts: [String?] = []
            view.forEachElement { texts.append($0.string) }
            #expect(texts == ["\"\\/\u{8}\u{C}\n\r\tAé人😀", "plain"])
        }
    }

    @Test func comparesStrings() throws {
        try parse(#"["\u4eba口", "人口", 1]"#) { view in
            var equal: [Bool] = []
            view.forEachElement { equal.append($0.stringEquals("人口")) }
            #expect(equal == [true, true, false])
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-12", -12), ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("1.0", nil),
            ("1e2", nil),
            ("\"1\"", nil),
        ] as [(String, Int?)])
    func readsIntegers(text: String, value: Int?) throws { #expect(try parse(text) { $0.integer } == value) }

    @Test(
        arguments: [("1.5", 1.5), ("-2e3", -2000), ("7", 7), ("1e999", .infinity), ("null", nil)] as [(String, Double?)]
    )
    func readsDoubles(text: String, value: Double?) throws { #expect(try parse(text) { $0.double } == value) }

    @Test func readsBooleans() throws {
        #expect(try parse("true") { $0.bool } == true)
        #expect(try parse("false") { $0.bool } == false)
        #expect(try parse("0") { $0.bool } == nil)
    }

    @Test func knowsItsSpan() throws {
        let text = #" {"a" : [1 , {"b":[ ]} ] , "c":"x\"]" } "#
        try parse(text) { view in
            #expect(view.span == 1..<39)
            #expect(view["a"]?.span == 8..<24)
            #expect(view["c"]?.span == 31..<37)
        }
    }

    @Test func givesTheRawContent() throws {
        try parse(#"["a\n", 5]"#) { view in
            var raws: [[UInt8]] = []
            view.forEachElement { raws.append(Array($0.rawString)) }
            #expect(raws == [[0x61, 0x5C, 0x6E], []])
        }
    }
}
