import Exchange
import Interchange
import Testing

@Suite struct BatchLinesTests {
    static let first = #"{"id":"0198a000-0000-7000-8000-000000000001","x":"a"}"#
    static let second = #"{"x":[1],"id":"0198A000-0000-7000-8000-000000000002"}"#

    @Test(arguments: ["", "\n"])
    func theLastNewlineMayBeMissing(ending: String) throws {
        let content = (Self.first + "\n" + Self.second + ending).utf8Bytes
        let lines = try BatchLines.read(content)
        #expect(
            lines.map(\.id.description) == [
                "0198a000-0000-7000-8000-000000000001", "0198a000-0000-7000-8000-000000000002",
            ])
        #expect(lines.map { String(decoding: content[$0.range], as: UTF8.self) } == [Self.first, Self.second])
        #expect(lines[0].digest == ContentDigest(of: Self.first.utf8Bytes))
    }

    @Test(arguments: [
        "", "\n", first + "\n\n", first + "\n\n" + second, "\n" + first, first + "\r\n" + second, first + "\r",
    ])
    func emptyLinesAndCarriageReturnsMakeItUnreadable(content: String) {
        let error = #expect(throws: WireError.self) { try BatchLines.split(content.utf8Bytes) }
        #expect(error?.code == .batchUnreadable)
    }

    @Test(arguments: [
        "[]", "1", "{}", #"{"id":1}"#, #"{"id":"1"}"#, #"{"id":"0198a000-0000-7000-8000-00000000000"}"#,
        #"{"id":"0198a000-0000-7000-8000-000000000001""#, first + first, " ", "\u{FEFF}" + first,
    ])
    func aLineThatIsNotAnObjectWithAUUIDMakesItUnreadable(line: String) {
        let error = #expect(throws: WireError.self) { try BatchLines.read((Self.first + "\n" + line).utf8Bytes) }
        #expect(error == WireError(.batchUnreadable, "Line 2 is not a JSON object with a UUID id."))
    }

    @Test func theNumberOfEnvelopesHasALimit() throws {
        let thousand = [UInt8](Array(repeating: "{}", count: 1000).joined(separator: "\n").utf8)
        #expect(try BatchLines.split(thousand).count == 1000)
        #expect(try BatchLines.split(thousand + [0x0A]).count == 1000)
        let error = #expect(throws: WireError.self) { try BatchLines.split(thousand + "\n{}".utf8Bytes) }
        #expect(error?.code == .batchTooLong)
        #expect(error?.status == 413)
    }

    @Test func anOutgoingBatchKeepsTheLimits() throws {
        let pair = try Pair()
        let batch = try pair.batch(.identity)
        let lines = batch.envelopes.map { ($0, [UInt8](repeating: 0x61, count: 10)) }
        let code = { (limits: ExchangeLimits) in
            #expect(throws: WireError.self) {
                try OutgoingBatch(id: batch.id, to: batch.to, lines: lines, encoding: .identity, limits: limits)
            }?.code
        }
        #expect(code(ExchangeLimits(envelopes: 1)) == .batchTooLong)
        #expect(code(ExchangeLimits(decodedBytes: 21)) == .bodyTooLarge)
        #expect(
            try OutgoingBatch(
                id: batch.id, to: batch.to, lines: lines, encoding: .identity, limits: ExchangeLimits(decodedBytes: 22)
            ).content.count == 22)
    }
}
