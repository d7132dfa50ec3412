import AuditLog
import Crypto
import Foundation
import Interchange
import Store

/// Puts a backup in the place of the store, while no gateway runs on it: `yizhan restore`.
public struct StoreRestore: Sendable {
    public struct Report: Codable, Sendable, Hashable {
        public var madeAt: String
        /// Entries of the audit log, and how many of them a checkpoint vouches for.
        public var auditSize, covered: UInt64
        /// Entries that others know of and the backup lacks: above zero no gateway starts on the store before two persons have
        /// opened a new audit log. What is due goes then.
        public var lost: UInt64
        /// What was due by now and went before the store was opened.
        public var erased, expired: Int
        /// Peers that must be reconciled with before anything is sent to them.
        public var awaiting: [String]
        /// Where the store lies that was there before; nil when there was none.
        public var former: String?
    }

    private let configuration: GatewayConfiguration
    private let keys: KeyMaterial
    private let clock: WallClock
    /// Checkpoints of this log that others kept.
    private let kept: [KeptCheckpoint]
    /// Two different persons who accept that entries may be lost; empty when nobody does.
    private let persons: [String]
    private let ask: @Sendable (GatewayConfiguration.Peer) async -> PeerWord

    /// - Parameter ask: asks a peer for the newest checkpoint of this gateway's log that it holds.
    /// - Throws: ``GatewayError`` `mistakes` when persons are named and they are not two.
    public init(
        _ configuration: GatewayConfiguration, clock: @escaping WallClock, kept: [KeptCheckpoint] = [],
        acceptedBy persons: [String] = [], ask: @escaping @Sendable (GatewayConfiguration.Peer) async -> PeerWord
    ) throws {
        guard persons.isEmpty || persons.count == 2 && persons[0] != persons[1] && persons.allSatisfy(Self.isName)
        else {
            throw GatewayError(
                .mistakes, "a loss is accepted by two different persons", remedy: "name both with --approve NAME")
        }
        self.configuration = configuration
        self.clock = clock
        self.kept = kept
        self.persons = persons
        self.ask = ask
        keys = try KeyMaterial(configuration)
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }

    /// - Parameter folder: of one backup.
    /// - Throws: ``GatewayError``: `inUse` while a gateway runs; `damaged` when the backup was altered, its keys are gone, or
    ///   others know of a longer log; `file`. The store that is there is then as it was.
    public func run(from folder: String, by actor: AuditActor) async throws -> Report {
        let lock = try StoreLock(store: configuration.storePath)
        let copy = StoreFiles(configuration.storePath + ".restoring")
        copy.remove()
        defer { copy.remove() }
        let manifest = try fetch(folder, to: copy)
        let report = try await prepare(copy.path, manifest, by: actor)
        let former = try StoreFiles(configuration.storePath).replace(with: copy.path, at: clock())
        withExtendedLifetime(lock) {}
        return Report(
            madeAt: manifest.madeAt, auditSize: manifest.auditSize, covered: report.covered, lost: report.lost,
            erased: report.erased,
            expired: report.expired, awaiting: configuration.peers.map(\.province.description).sorted(), former: former)
    }

    /// Copies the backup beside the store, and holds it against its manifest.
    private func fetch(_ folder: String, to copy: StoreFiles) throws -> BackupManifest {
        let manifest = try BackupManifest.read(in: folder, keys.store, configuration.province)
        let held = Set(keys.store.wrappingKeys.keys.map(\.id))
        if let missing = manifest.wrappingKeys.first(where: { !held.contains($0) }) {
            throw GatewayError(
                .damaged,
                "wrapping key \(missing), which the backup of \(manifest.madeAt) needs, is not in the key file",
                remedy: "keys are destroyed `backup.keepDays` after they were replaced: use a later backup")
        }
        try copy.fetch("\(folder)/\(BackupManifest.database)")
        let (digest, bytes) = try BackupManifest.digest(of: copy.path)
        guard digest == manifest.digest, bytes == manifest.bytes else {
            throw GatewayError(
                .damaged, "the copy in \(folder) is not the one that its manifest says", remedy: "use another backup")
        }
        return manifest
    }

    private func prepare(
        _ path: String, _ manifest: BackupManifest, by actor: AuditActor
    ) async throws -> (covered: UInt64, lost: UInt64, erased: Int, expired: Int) {
        let damage = try await SQLiteReader(path: path).integrityFindings()
        guard damage.isEmpty else {
            throw GatewayError(
                .damaged, "the backup is damaged: SQLite finds \(damage.count) faults", remedy: "use another backup")
        }
        let verdict = try await RestoreVerdict(
            of: path, origin: configuration.origin, key: keys.audit.verifierKey, kept: kept, words: words())
        try verdict.judge(manifest.auditSize, acceptedBy: persons)
        let lost = verdict.ahead.map { $0.size - manifest.auditSize } ?? 0
        let store = try SQLiteStore(path: path, keys: keys.store, maximumPages: configuration.limits.databasePages)
        do {
            let restoration = Restoration(manifest, acceptedBy: persons, by: actor)
            var due = (erased: 0, expired: 0)
            if lost > 0 {
                try await restoration.hold(on: store)
            } else {
                due = try await restoration.complete(
                    on: Keeping(configuration, keys: keys, store: store),
                    awaiting: Set(configuration.peers.map(\.province)), at: clock())
            }
            await store.close()
            return (verdict.covered, lost, due.erased, due.expired)
        } catch {
            await store.close()
            throw error
        }
    }

    private func words() async -> [Province: PeerWord] {
        await withTaskGroup(of: (Province, PeerWord).self) { group in
            for peer in configuration.peers { group.addTask { [ask] in (peer.province, await ask(peer)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

/// A store's file with those that SQLite keeps beside it.
struct StoreFiles {
    let path: String

    init(_ path: String) { self.path = path }

    private var all: [String] { ["", "-wal", "-shm", "-journal"].map { path + $0 } }

    func remove() { for file in all { try? FileManager.default.removeItem(atPath: file) } }

    func fetch(_ source: String) throws {
        do {
            try FileManager.default.copyItem(atPath: source, toPath: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw GatewayError(
                .file, "\(source) cannot be copied beside the store",
                remedy: "check the files' modes and the disk's room")
        }
    }

    /// Puts another store, closed and whole, in the place of this one, which is kept under another name.
    /// - Returns: that name; nil when there was none.
    func replace(with other: String, at now: Instant) throws -> String? {
        let former = "\(path).before-\(now.description.filter { $0 != "-" && $0 != ":" })"
        let isThere = FileManager.default.fileExists(atPath: path)
        do {
            try DurableFile.sync(other)
            // The file stays under its name until the other has it: no moment finds no store there, from which a start would
            // make an empty one. Its log goes first, for it must never be read into another file.
            if isThere { guard link(path, former) == 0 else { throw CocoaError(.fileWriteUnknown) } }
            for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.moveItem(atPath: path + suffix, toPath: former + suffix)
            }
            guard rename(other, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            try DurableFile.sync(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch {
            throw GatewayError(
                .file, "the store \(path) cannot be replaced", remedy: "check its folder's owner and mode, and the disk"
            )
        }
        return isThere ? former : nil
    }
}
