import AuditLog
import Foundation
import GRDB
import Interchange
import Store
import Testing

@Suite struct ArchiveConformance {
    /// A store of 700 entries, of which the first 600 are old, under a checkpoint that one witness cosigned.
    private func bench(_ engine: Engine) async throws -> Bench {
        let bench = try Bench(engine)
        for round in 0..<7 {
            let at = round < 6 ? noon : noon.adding(seconds: 1_000)
            try await bench.store.record(
                (0..<100).map { _ in Act(.gatewayStarted, actor: operatorActor, at: at) })
        }
        let checkpoint = try await bench.checkpoint()
        try await bench.store.keep(
            [KeptCosignature(witness: "51", line: "— 51 AAAAAAAAAAA=\n", at: noon)], ofSize: checkpoint.size)
        return bench
    }

    private func bundles(_ bench: Bench, before end: UInt64) async throws -> Digest256 {
        var bytes: [UInt8] = []
        for entry in try await bench.store.auditEntries(from: 0, limit: Int(end)) {
            try EntryBundle.append(entry.bytes, to: &bytes)
        }
        return Digest256(hashing: bytes)
    }

    private let recent = noon.adding(seconds: 500)

    @Test(arguments: Engine.all)
    func wholeBundlesThatAreOldAndWitnessedCanBeArchived(engine: Engine) async throws {
        let bench = try await bench(engine)
        #expect(try await bench.store.archivableEnd(olderThan: recent, witnesses: 1) == 512)
        #expect(try await bench.store.archivableEnd(olderThan: recent, witnesses: 2) == 0)
        #expect(try await bench.store.archivableEnd(olderThan: noon, witnesses: 1) == 0)
        #expect(try await bench.store.archivableEnd(olderThan: noon.adding(seconds: 9_000), witnesses: 1) == 512)
    }

    @Test(arguments: Engine.all)
    func archivedEntriesGoAndTheLogStaysSound(engine: Engine) async throws {
        var bench = try await bench(engine)
        let digest = try await bundles(bench, before: 512)
        try await bench.store.removeEntries(
            before: 512, archivedAs: digest, witnesses: 1, olderThan: recent, by: operatorActor, at: recent)
        #expect(try await bench.store.firstKeptEntry() == 512)
        #expect(try await bench.store.auditEntries(from: 0, limit: 1).first?.sequence == 512)
        let entry = try #require(await bench.entries(from: 512).last)
        #expect(entry.event == .auditArchived)
        #expect(entry.evidence == digest)
        #expect(entry.details[.size] == "512")
        bench = try await bench.reopened()
        try await bench.store.record([Act(.gatewayStarted, actor: operatorActor, at: recent)])
        let report = try await (bench.store as? SQLiteStore)?.verifyAudit(
            checkpoints: [], keys: Notary().keys, origin: Notary.origin)
        #expect(report?.findings == [])
        // A proof needs no entry.
        let (leaf, path) = try await bench.store.inclusion(of: 3, size: 702)
        try MerkleProof.verifyInclusion(
            of: leaf, at: 3, size: 702, root: await bench.store.root(ofSize: 702), path: path)
    }

    @Test(arguments: Engine.all)
    func nothingIsRemovedThatTheFileDoesNotHoldOrThatIsTooYoung(engine: Engine) async throws {
        let bench = try await bench(engine)
        let digest = try await bundles(bench, before: 512)
        func remove(_ end: UInt64, _ digest: Digest256, witnesses: Int = 1) async -> StoreError.Code? {
            await code {
                try await bench.store.removeEntries(
                    before: end, archivedAs: digest, witnesses: witnesses, olderThan: recent, by: operatorActor,
                    at: recent)
            }
        }
        #expect(await remove(512, .emptyRoot) == .invalid)
        #expect(await remove(600, digest) == .invalid)
        #expect(await remove(512, digest, witnesses: 2) == .invalid)
        #expect(try await bench.store.auditEntries(from: 0, limit: 1).first?.sequence == 0)
        #expect(await remove(512, digest) == nil)
        #expect(await remove(512, digest) == .invalid)
    }

    @Test func entriesThatWereRemovedWithoutTheLogSayingSoAreMissed() async throws {
        let bench = try await bench(
            Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        await bench.store.close()
        let queue = try DatabaseQueue(path: bench.folder.database)
        try await queue.write {
            try $0.execute(
                sql: """
                    DELETE FROM audit_entries WHERE first < 200;
                    INSERT INTO audit_archive(first, until, digest, at) VALUES (0, 200, randomblob(32), 1);
                    INSERT INTO audit_administrative(sequence, event) VALUES (210, 'audit.archived');
                    """)
        }
        try queue.close()
        let report = try await SQLiteReader(path: bench.folder.database).verifyAudit(
            checkpoints: [], keys: Notary().keys, origin: Notary.origin)
        #expect(report.findings.map(\.kind) == [.entryMissing])
    }
}
