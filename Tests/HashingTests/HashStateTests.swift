import Crypto
import Hashing
import Testing

@Suite struct HashStateTests {
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
        #expect(hexadecimal(hash(Array(text.utf8))) == digest)
    }

    /// RFC 4231, section 4: cases 1, 2, 3 and 6 (a key longer than a block).
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func codesThePublishedVectors(key: [UInt8], message: [UInt8], code: String) {
        let keyed = KeyedHash(key: key)
        for _ in 0..<2 { #expect(hexadecimal(keyed.words { $0.update(message) }) == code) }
    }

    @Test func aCopiedStateGoesOnByItself() {
        var first = HashState()
        first.update(Array("a".utf8))
        var second = first
        first.update(Array("bc".utf8))
        second.update(Array("nother".utf8))
        #expect(first.words() == hash(Array("abc".utf8)))
        #expect(second.words() == hash(Array("another".utf8)))
    }

    @Test(arguments: [1, 55, 56, 63, 64, 65, 1_000])
    func agreesWithCryptoAtEveryPlaceOfABlocksEnd(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(withUnsafeBytes(of: hash(bytes)) { Array($0) } == Array(SHA256.hash(data: bytes)))
    }

    private func hash(_ bytes: [UInt8]) -> SIMD4<UInt64> {
        var state = HashState()
        state.update(bytes)
        return state.words()
    }

    private func hexadecimal(_ words: SIMD4<UInt64>) -> String {
        withUnsafeBytes(of: words) { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}
