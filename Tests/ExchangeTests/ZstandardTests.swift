import Exchange
import Seeding
import Testing

@Suite struct ZstandardTests {
    /// `hello\n` as the reference tool writes it (`zstd -1`).
    static let hello = hex("28b52ffd044831000068656c6c6f0a5388bd91")

    @Test func aFrameOfAnotherEncoderIsRead() throws {
        #expect(try Zstandard.decompress(Self.hello) == "hello\n".utf8Bytes)
    }

    @Test func framesThatFollowOneAnotherAreJoined() throws {
        #expect(try Zstandard.decompress(Self.hello + Self.hello) == "hello\nhello\n".utf8Bytes)
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 300_000, 1 << 20])
    func whatIsCompressedComesBack(count: Int) throws {
        var generator = SplitMix64(seed: 7)
        let content = (0..<count).map { $0 % 3 == 0 ? UInt8(truncatingIfNeeded: generator.next() & 15) : 0x61 }
        let encoded = try Zstandard.compress(content)
        #expect(try Zstandard.decompress(encoded) == content)
        #expect(try Zstandard.compress(content) == encoded)
    }

    static let refused: [(content: [UInt8], error: ZstandardError)] = {
        var all: [(content: [UInt8], error: ZstandardError)] = [([], .truncated), (Array(hello.prefix(3)), .truncated)]
        all.append((Array(hello.dropLast()), .truncated))
        all.append(("hello".utf8Bytes, .notZstandard))
        all.append((hello + "more".utf8Bytes, .damaged))
        // A checksum that is not the content's.
        all.append((Array(hello.dropLast()) + [0], .damaged))
        // A skippable frame, and one of zstd 0.7.
        all.append((hex("502a4d180100000000") + hello, .notZstandard))
        all.append((hex("27b52ffd00000000"), .notZstandard))
        // A window of 16 MiB (RFC 8878 section 3.1.1.1.2).
        all.append((hex("28b52ffd0070010000"), .windowTooLarge))
        return all
    }()

    @Test(arguments: refused)
    func whatIsNotWholeZstdIsRefused(content: [UInt8], error: ZstandardError) {
        #expect(throws: error) { try Zstandard.decompress(content) }
    }

    @Test func theDecodedSizeHasALimit() throws {
        var generator = SplitMix64(seed: 1)
        let content = (0..<200_000).map { _ in UInt8(truncatingIfNeeded: generator.next() & 15) }
        let encoded = try Zstandard.compress(content)
        #expect(try Zstandard.decompress(encoded, limits: DecodingLimits(decodedBytes: 200_000)) == content)
        #expect(throws: ZstandardError.tooLarge(limit: 199_999)) {
            try Zstandard.decompress(encoded, limits: DecodingLimits(decodedBytes: 199_999))
        }
    }

    @Test func theRatioHasALimitAboveAFloor() throws {
        let zeros = try Zstandard.compress([UInt8](repeating: 0, count: 4 << 20))
        #expect(throws: ZstandardError.ratioExceeded(limit: 200)) { try Zstandard.decompress(zeros) }
        let few = try Zstandard.compress([UInt8](repeating: 0, count: 60_000))
        #expect(try Zstandard.decompress(few).count == 60_000)
    }

    @Test func thePreferredEncodingIsTheFirstThatThePeerTakes() {
        func best(_ encodings: [String]) -> ContentEncoding {
            Capabilities(
                encodings: encodings, limits: .init(envelopes: 1, bytes: 1), keys: [], knownKeys: [],
                audit: .init(origin: "o", key: "k")
            ).encoding
        }
        #expect(best(["gzip", "zstd"]) == .zstd)
        #expect(best(["br", "gzip"]) == .gzip)
        #expect(best(["br"]) == .identity)
    }
}
