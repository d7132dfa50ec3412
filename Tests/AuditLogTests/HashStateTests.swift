import AuditLog
import Crypto
import Testing

struct HashStateTests {
    /// FIPS 180-4, examples; the second is of two blocks.
    @Test(arguments: [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ])
    func hashesThePublishedVectors(text: String, digest: String) {
        #expect(Digest256(hashing: Array(text.utf8)).description == digest)
    }

    /// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func codesThePublishedVectors(key: [UInt8], text: String, code: String) {
        #expect(KeyedHash(key: key).code(over: Array(text.utf8)).description == code)
    }

    @Test func aCopiedStateGoesOnByItself() {
        var first = HashState()
        first.update(Array("a".utf8))
        var second = first
        first.update(Array("bc".utf8))
        second.update(Array("nother".utf8))
        #expect(first.finish() == Digest256(hashing: Array("abc".utf8)))
        #expect(second.finish() == Digest256(hashing: Array("another".utf8)))
    }

    @Test(arguments: [1, 55, 56, 63, 64, 65, 1_000])
    func agreesWithCryptoAtEveryPlaceOfABlocksEnd(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(Digest256(hashing: bytes).bytes == Array(SHA256.hash(data: bytes)))
    }
}
