import Exchange
import Seeding
import Testing

@Suite struct GzipTests {
    /// `hello\n` as GNU gzip -n writes it.
    static let hello = hex("1f8b0800000000000003cb48cdc9c9e7020020303a3606000000")

    @Test func aMemberOfAnotherEncoderIsRead() throws {
        #expect(try Gzip.decompress(Self.hello) == "hello\n".utf8Bytes)
    }

    @Test func membersThatFollowOneAnotherAreJoined() throws {
        #expect(try Gzip.decompress(Self.hello + Self.hello) == "hello\nhello\n".utf8Bytes)
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 300_000, 1 << 20])
    func whatIsCompressedComesBack(count: Int) throws {
        var generator = SplitMix64(seed: 7)
        let content = (0..<count).map { $0 % 3 == 0 ? UInt8(truncatingIfNeeded: generator.next() & 15) : 0x61 }
        let encoded = try Gzip.compress(content)
        #expect(try Gzip.decompress(encoded) == content)
        #expect(try Gzip.compress(content) == encoded)
    }

    @Test(arguments: [1, 2, 7, 4096])
    func piecesOfAnySizeDecode(size: Int) throws {
        let content = [UInt8]("{\"a\":1}\n".utf8Bytes.repeated(20_000))
        let encoded = try Gzip.compress(content) + Self.hello
        var decoder = try GzipDecoder()
        var out: [UInt8] = []
        for start in stride(from: 0, to: encoded.count, by: size) {
            try decoder.decode(Array(encoded[start..<min(start + size, encoded.count)]), into: &out)
        }
        try decoder.finish()
        #expect(out == content + "hello\n".utf8Bytes)
    }

    static let refused: [(content: [UInt8], error: GzipError)] = {
        var all: [(content: [UInt8], error: GzipError)] = [([], .truncated), (hello.dropLast(), .truncated)]
        all.append((Array(hello.prefix(5)), .truncated))
        all.append(("hello".utf8Bytes, .notGzip))
        all.append((hello + [0], .trailingBytes))
        all.append((hello + [0x1F, 0x00, 0x00], .trailingBytes))
        all.append((hello + [0x1F, 0x8B], .truncated))
        all.append((hello.dropLast(5) + [0, 6, 0, 0, 0], .damaged))
        // A zlib stream, and a raw one.
        all.append((hex("78dacb48cdc9c9e70200084b021f"), .notGzip))
        all.append((hex("cb48cdc9c9e70200"), .notGzip))
        return all
    }()

    @Test(arguments: refused)
    func whatIsNotWholeGzipIsRefused(content: [UInt8], error: GzipError) {
        #expect(throws: error) { try Gzip.decompress(content) }
    }

    @Test func theDecodedSizeHasALimit() throws {
        var generator = SplitMix64(seed: 1)
        let content = (0..<200_000).map { _ in UInt8(truncatingIfNeeded: generator.next() & 15) }
        let encoded = try Gzip.compress(content)
        #expect(try Gzip.decompress(encoded, limits: DecodingLimits(decodedBytes: 200_000)).count == 200_000)
        #expect(throws: GzipError.tooLarge(limit: 199_999)) {
            try Gzip.decompress(encoded, limits: DecodingLimits(decodedBytes: 199_999))
        }
    }

    @Test func theRatioHasALimit() throws {
        let zeros = try Gzip.compress([UInt8](repeating: 0, count: 1 << 20))
        #expect(throws: GzipError.ratioExceeded(limit: 200)) { try Gzip.decompress(zeros) }
        #expect(try Gzip.decompress(zeros, limits: DecodingLimits(ratio: 2000)).count == 1 << 20)
        // Small content may compress well.
        let small = try Gzip.compress([UInt8](repeating: 0, count: 60_000))
        #expect(try Gzip.decompress(small).count == 60_000)
    }

    @Test func aBombOfManyMembersIsStopped() throws {
        let member = try Gzip.compress([UInt8](repeating: 0, count: 60_000))
        #expect(throws: GzipError.ratioExceeded(limit: 200)) { try Gzip.decompress(member.repeated(50)) }
    }
}

extension [UInt8] {
    func repeated(_ count: Int) -> [UInt8] { (0..<count).flatMap { _ in self } }
}
