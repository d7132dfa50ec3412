import Exchange
import Foundation
import Gateway
import Interchange
import Testing

@Suite struct SigningKeysTests {
    private let noon = TrustFixture.noon

    private func file(_ number: UInt8, from: Int64, until: Int64? = nil) throws -> SigningKeyFile {
        SigningKeyFile(
            path: "key-\(number).pem", key: try TrustFixture.signing(number),
            validity: KeyValidity(from: noon.adding(seconds: from), until: until.map { noon.adding(seconds: $0) }))
    }

    @Test func aPeerGetsTheNewestKeyThatItLists() throws {
        let files = [try file(1, from: -100), try file(2, from: -50), try file(3, from: -10)]
        let keys = try #require(SigningKeys(files))
        func id(_ known: [Int]?) -> String {
            keys.key(knownKeys: known.map { Set($0.map { files[$0].key.keyID }) }, at: noon).keyID
        }
        #expect(id([0]) == files[0].key.keyID)
        #expect(id([0, 1]) == files[1].key.keyID)
        #expect(id([0, 1, 2]) == files[2].key.keyID)
        // It never said, or lists none: the one that it was told of first.
        #expect(id(nil) == files[0].key.keyID)
        #expect(id([]) == files[0].key.keyID)
    }

    @Test func aKeySignsOnlyInItsTime() throws {
        let files = [try file(1, from: -100, until: 10), try file(2, from: 5)]
        let keys = try #require(SigningKeys(files))
        let both = Set(files.map(\.key.keyID))
        #expect(keys.key(knownKeys: both, at: noon).keyID == files[0].key.keyID)
        #expect(keys.key(knownKeys: both, at: noon.adding(seconds: 5)).keyID == files[1].key.keyID)
        #expect(keys.key(knownKeys: nil, at: noon.adding(seconds: 10)).keyID == files[0].key.keyID)
        #expect(keys.key(knownKeys: nil, at: noon.adding(seconds: 11)).keyID == files[1].key.keyID)
    }

    @Test func whatIsPublishedOutlivesItsEndByADay() throws {
        let keys = try #require(SigningKeys([try file(1, from: -100, until: 0), try file(2, from: 1_000)]))
        #expect(keys.published(at: noon.adding(seconds: 86_400)).count == 2)
        #expect(keys.published(at: noon.adding(seconds: 86_401)).count == 1)
    }

    @Test func aFileKeepsTheTimeOfItsKey() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let written = SigningKeyFile(
            path: path, key: try TrustFixture.signing(1),
            validity: KeyValidity(from: noon, until: noon.adding(seconds: 60)))
        #expect(
            written.text.hasPrefix("from: 2026-06-30T08:00:00Z\nuntil: 2026-06-30T08:01:00Z\n-----BEGIN PRIVATE KEY"))
        let content = Data(written.text.utf8)
        #expect(FileManager.default.createFile(atPath: path, contents: content, attributes: [.posixPermissions: 0o600]))
        let read = try SigningKeyFile(path: path)
        #expect(read.validity == written.validity)
        #expect(read.key.keyID == written.key.keyID)
    }
}

@Suite struct ExpiryWatchTests {
    @Test func eachThresholdWarnsOnce() {
        let noon = TrustFixture.noon
        let expiry = Expiry(name: "tls/gateway.pem", ends: noon.adding(seconds: 31 * 86_400))
        var watch = ExpiryWatch()
        let warned = (0...32).map { day in
            watch.due([expiry], at: noon.adding(seconds: Int64(day) * 86_400)).map(\.days)
        }
        #expect(warned.flatMap { $0 } == [30, 7, 1, 0])
        #expect(warned[1] == [30] && warned[24] == [7] && warned[30] == [1] && warned[31] == [0])
    }

    @Test func aRenewedOneIsLookedAtAnew() {
        let noon = TrustFixture.noon
        var watch = ExpiryWatch()
        #expect(watch.due([Expiry(name: "a", ends: noon.adding(seconds: 60))], at: noon).map(\.days) == [0])
        let renewed = Expiry(name: "a", ends: noon.adding(seconds: 86_400 * 20))
        #expect(watch.due([renewed], at: noon).map(\.days) == [20])
        #expect(watch.due([renewed], at: noon).isEmpty)
    }
}
