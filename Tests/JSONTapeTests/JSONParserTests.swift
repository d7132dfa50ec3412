import JSONTape
import Testing

@Suite struct JSONParserTests {
    /// The reason for which a text is refused, or nil.
    private func refusal(of text: String) throws -> JSONSyntaxError.Reason? {
        try refusal(of: Array(text.utf8))
    }

    private func refusal(of bytes: [UInt8]) throws -> JSONSyntaxError.Reason? {
        do {
            try JSONParser(maximumDepth: 8, maximumNodes: 100).parse(bytes) { _ in }
            return nil
        } catch let error as JSONSyntaxError {
            return error.reason
        }
    }

    @Test(arguments: [
        "null", " true ", "[]", "{}", "[ ]", "{ }", "0", "-0", "1.5e+10", "1E0", "\"\"", "[1,[2,{\"a\":[]}]]",
        "\t\r\n1\n",
        #""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "\"\u{7F}\"", "\"人口\"", "{\"a\":1,\"b\":2}",
    ])
    func acceptsTheGrammar(text: String) throws { #expect(try refusal(of: text) == nil) }

    @Test(
        arguments: [
            ("", .unexpectedEnd), ("  ", .unexpectedEnd), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd),
            ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd), ("\"abc", .unexpectedEnd),
            ("\"abc\\", .unexpectedEnd),
            ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte),
            ("{a:1}", .unexpectedByte),
            ("tru", .unexpectedByte), ("nulL", .unexpectedByte), ("+1", .unexpectedByte), (".5", .unexpectedByte),
            ("[1}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("\u{FEFF}1", .unexpectedByte),
            ("'a'", .unexpectedByte),
            ("[1 2]", .unexpectedByte), ("\u{B}1", .unexpectedByte),
            ("01", .invalidNumber), ("-", .unexpectedEnd), ("-a", .invalidNumber), ("1.x", .invalidNumber),
            ("1e+", .unexpectedEnd),
            ("\"a\nb\"", .controlCharacter), ("\"a\0b\"", .controlCharacter), (#""\x""#, .invalidEscape),
            (#""\u12g4""#, .invalidEscape),
            (#""\ud800""#, .loneSurrogate), (#""\ud800\u0041""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate),
            ("1 1", .trailingBytes), ("nullx", .trailingBytes), ("[]]", .trailingBytes),
            ("[[[[[[[[[]]]]]]]]]", .tooDeep),
        ] as [(String, JSONSyntaxError.Reason)])
    func refusesWhatIsNotJSON(text: String, reason: JSONSyntaxError.Reason) throws {
        #expect(try refusal(of: text) == reason)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE4, 0xBA],
            [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE4, 0xBA, 0x41], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(content: [UInt8]) throws {
        #expect(try refusal(of: [0x22] + content + [0x22]) == .invalidUTF8)
    }

    @Test(
        arguments: [
            [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]])
    func acceptsTheBoundsOfUTF8(content: [UInt8]) throws {
        #expect(try refusal(of: [0x22] + content + [0x22]) == nil)
    }

    /// Long texts are looked at fifteen bytes at a time: the bounds hold at every place of them.
    @Test(arguments: 0...24)
    func tellsUTF8FromOtherBytesWhereverTheyStand(place: Int) throws {
        let characters = Array("居住证暂行条例第二条、第七条第九条之一居住证暂行条例第十")
        let before = characters.prefix(place).flatMap { Array(String($0).utf8) }
        let after = characters.dropFirst(place).flatMap { Array(String($0).utf8) }
        let wrong: [[UInt8]] = [
            [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE4, 0xBD], [0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80],
            [0xE4, 0xBD, 0xC0], [0xF4, 0x90, 0x80, 0x80],
        ]
        for bytes in wrong { #expect(try refusal(of: [0x22] + before + bytes + after + [0x22]) == .invalidUTF8) }
        let right: [[UInt8]] = [
            [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEF, 0xBF, 0xBD], [0xF0, 0x90, 0x80, 0x80], [0xC3, 0xA9], [0x61],
        ]
        for bytes in right {
            let text = before + bytes + after
            let read = try JSONParser().parse([0x22] + text + [0x22]) { $0.string }
            #expect(read == String(decoding: text, as: UTF8.self))
        }
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,"b":{"a":1},"\u0061":2}"#, #"{"":1,"":2}"#,
        #"{"departureDate":1,"departureDatf":2,"departureDate":3}"#,
    ])
    func refusesNamesThatOccurTwice(text: String) throws { #expect(try refusal(of: text) == .duplicateName) }

    @Test func findsADuplicateAmongManyNames() throws {
        let members = (0..<40).map { "\"n\($0)\":0" }
        #expect(try refusal(of: "{\(members.joined(separator: ","))}") == nil)
        #expect(try refusal(of: "{\((members + ["\"n7\":1"]).joined(separator: ","))}") == .duplicateName)
        #expect(try refusal(of: #"{"a\/":0,"b\/":0,"a/b":0,"ab/":0}"#) == nil)
    }

    @Test func boundsTheNumberOfNodes() throws {
        let ninetyNine = "[" + Array(repeating: "1", count: 99).joined(separator: ",") + "]"
        #expect(try refusal(of: ninetyNine) == nil)
        #expect(try refusal(of: "[" + ninetyNine + "]") == .tooManyNodes)
    }

    @Test func tellsWhere() {
        #expect(throws: JSONSyntaxError(offset: 6, reason: .unexpectedByte)) {
            try JSONParser().parse(Array(#"{"a": x}"#.utf8)) { _ in }
        }
        #expect(throws: JSONSyntaxError(offset: 7, reason: .duplicateName)) {
            try JSONParser().parse(Array(#"{"a":1,"a":2}"#.utf8)) { _ in }
        }
    }

    @Test func parsesLongTextsAfterShortOnes() throws {
        let parser = JSONParser()
        for length in [0, 1, 7, 8, 9, 100, 5_000, 100_000, 3] {
            let text = String(repeating: "省", count: length)
            let found = try parser.parse(Array("[\"\(text)\"]".utf8)) { view in
                var found = ""
                view.forEachElement { found = $0.string ?? "" }
                return found
            }
            #expect(found == text)
        }
    }

    @Test func servesAfterAFailure() throws {
        let parser = JSONParser()
        #expect(throws: JSONSyntaxError.self) { try parser.parse(Array("[[[".utf8)) { _ in } }
        #expect(throws: CancellationError.self) { try parser.parse(Array("1".utf8)) { _ in throw CancellationError() } }
        #expect(try parser.parse(Array("7".utf8)) { $0.integer } == 7)
    }
}
