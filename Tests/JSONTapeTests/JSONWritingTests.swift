import JSONTape
import Testing

@Suite struct JSONWritingTests {
    @Test func escapesWhatItMust() {
        var text: [UInt8] = []
        text.append(jsonString: "a\"b\\/\n\r\t\u{8}\u{C}\u{1}\u{1F}\u{7F}人😀")
        #expect(String(decoding: text, as: UTF8.self) == #""a\"b\\/\n\r\t\b\f\u0001\u001f"# + "\u{7F}人😀\"")
    }

    @Test(arguments: ["", "\"", "居住证\u{0}", String(repeating: "\\", count: 50), "e\u{301}"])
    func readsBackWhatItWrote(text: String) throws {
        var bytes: [UInt8] = []
        bytes.append(jsonString: text)
        let read = try JSONParser().parse(bytes) { $0.string }
        #expect(read.map { Array($0.utf8) } == Array(text.utf8))
    }
}
