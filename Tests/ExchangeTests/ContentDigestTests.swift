import Exchange
import Foundation
import Testing

@Suite struct ContentDigestTests {
    /// RFC 9530 appendix B.1: the content with its newline.
    static let field = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"

    @Test func theDigestIsThatOfRFC9530() {
        let digest = ContentDigest(of: "{\"hello\": \"world\"}\n".utf8Bytes)
        #expect(digest.description == Self.field)
        #expect(ContentDigest(field: Self.field) == digest)
        #expect(ContentDigest(Self.field) == digest)
        #expect(ContentDigest(bytes: digest.bytes) == digest)
        #expect(digest.bytes.prefix(4) == [0x44, 0xAF, 0xF4, 0xAB])
    }

    @Test(arguments: [
        "", "sha-256", "sha-256=1", "sha-256=:RK/0:", "sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
        field + ", sha-512=:AAAA:", field + ", " + field.replacing("sha-256", with: "sha-384"), field + ";a=1",
        "sha-256=(:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:)",
        "SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
    ])
    func aFieldThatIsNotExactlyOneSHA256IsRefused(field: String) {
        #expect(ContentDigest(field: field) == nil)
    }

    @Test func insideDocumentsOnlyTheOneSpellingIsRead() {
        #expect(ContentDigest(" " + Self.field) == nil)
        #expect(ContentDigest(field: " " + Self.field + " ") != nil)
        // The last character has bits beyond the 32 bytes.
        #expect(ContentDigest("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDh=:") == nil)
    }

    @Test func digestsDifferInEachBit() throws {
        let zero = try #require(ContentDigest(bytes: [UInt8](repeating: 0, count: 32)))
        for bit in 0..<256 {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[bit / 8] = 1 << (bit % 8)
            #expect(ContentDigest(bytes: bytes) != zero)
        }
    }

    @Test func everyDigestHasOneSpelling() throws {
        for number in 0..<500 {
            let digest = ContentDigest(of: Array("\(number)".utf8))
            let text = "\(digest)"
            #expect(text == "sha-256=:\(Data(digest.bytes).base64EncodedString()):")
            #expect(ContentDigest(text) == digest)
            #expect(ContentDigest(bytes: digest.bytes) == digest)
        }
        let text = Array("\(ContentDigest(of: []))".utf8)
        for place in 9..<53 {
            for foreign in Array("-_ =\u{0}".utf8) where text[place] != foreign {
                var other = text
                other[place] = foreign
                #expect(ContentDigest(String(decoding: other, as: UTF8.self)) == nil)
            }
        }
        // The last character before the padding has two bits past the end.
        var other = text
        other[51] += 1
        #expect(ContentDigest(String(decoding: other, as: UTF8.self)) == nil)
        #expect(ContentDigest(bytes: Array(digestBytes.dropLast())) == nil)
    }

    private var digestBytes: [UInt8] { ContentDigest(of: []).bytes }
}
