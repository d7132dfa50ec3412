import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange
import Store
import Testing

/// What is entered of a peer that is refused again and again.
@Suite struct RefusalEntriesTests {
    private static let noon = Instant(seconds: 1_782_806_400)
    private static let batch = MessageID(at: noon, random: (1, 2))
    private let store: SQLiteStore
    private let refusals: RefusalEntries
    private let peer: Province

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("refusals-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let key = [UInt8](repeating: 1, count: 32)
        store = try SQLiteStore(path: "\(folder)/store.sqlite", keys: StoreKeys(wrapping: key, lookup: key, log: key))
        refusals = RefusalEntries(store: store, counts: RefusalCounts(), interval: .seconds(60))
        peer = try #require(Province("44"))
    }

    private func refuse(_ code: WireErrorCode, after seconds: Int64 = 0, of other: Province? = nil) async throws {
        try await refusals.enter(
            .batchRefused, WireError(code, "told"), of: Self.batch, from: other ?? peer,
            at: Self.noon.adding(seconds: seconds))
    }

    /// The entries, as peer, code, status and how many each stands for.
    private func entries() async throws -> [String] {
        try await store.auditEntries(from: 0, limit: 100).map {
            let entry = try AuditEntry(decoding: $0.bytes)
            #expect(entry.event == .batchRefused && entry.batch == Self.batch.description)
            return [AuditDetail.peer, .code, .status, .entries].map { entry.details[$0] ?? "-" }.joined(separator: " ")
        }
    }

    @Test func aHammeringPeerFillsNoLog() async throws {
        for second in Int64(0)..<200 { try await refuse(.batchUnreadable, after: second) }
        #expect(
            try await entries() == [
                "44 BATCH_UNREADABLE 422 1", "44 BATCH_UNREADABLE 422 60", "44 BATCH_UNREADABLE 422 60",
                "44 BATCH_UNREADABLE 422 60",
            ])
    }

    @Test func eachPeerAndCodeHasItsOwn() async throws {
        let other = try #require(Province("51"))
        for _ in 0..<3 {
            try await refuse(.batchIDReused)
            try await refuse(.identityMismatch)
            try await refuse(.batchIDReused, of: other)
        }
        #expect(
            try await entries() == [
                "44 BATCH_ID_REUSED 409 1", "44 IDENTITY_MISMATCH 403 1", "51 BATCH_ID_REUSED 409 1",
            ])
    }

    @Test(arguments: [
        WireErrorCode.busy, .storageFull, .internalError, .peerUnknown, .signatureInvalid, .signatureExpired,
        .nonceReplayed,
    ])
    func whatMayPassLaterIsNoRefusal(code: WireErrorCode) async throws {
        try await refuse(code)
        #expect(try await store.auditSize() == 0)
    }

    @Test func aClockSetBackHidesNothing() async throws {
        try await refuse(.bodyTooLarge)
        try await refuse(.bodyTooLarge, after: -3_600)
        #expect(try await entries().count == 2)
    }

    @Test func whatCouldNotBeEnteredIsCountedAgain() async throws {
        let counts = RefusalCounts()
        let kind = RefusalCounts.Kind(event: .batchRefused, peer: peer, code: .batchTooLong)
        #expect(counts.take(kind, at: Self.noon, interval: .seconds(60)) == 1)
        counts.giveBack(1, of: kind)
        #expect(counts.take(kind, at: Self.noon, interval: .seconds(60)) == 2)
        #expect(counts.take(kind, at: Self.noon, interval: .seconds(60)) == nil)
    }
}
