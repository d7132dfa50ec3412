import AuditLog
import Foundation
import Interchange
import Store

/// An operator has a backup made: `yizhan backup`.
public struct MakeBackup: OperatorAction {
    public static let name = "backup"
    /// The most backups that one may ask to be left.
    public static let mostKept = 10_000

    /// An absolute path, on the gateway's machine; the configured folder when nil.
    public var folder: String?
    /// How many of the newest backups are left; all when nil.
    public var keep: Int?

    public init(folder: String?, keep: Int?) {
        self.folder = folder
        self.keep = keep
    }

    public struct Answer: Codable, Sendable {
        /// Where it is.
        public var path: String
        public var manifest: BackupManifest
        /// Names of those that were removed.
        public var removed: [String]
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let keeping = try desk.requireKeeping()
        guard let folder = folder ?? keeping.limits.backupFolder else {
            throw GatewayError(
                .mistakes, "no folder for backups is named", remedy: "name one with --to, or set `backup.folder`")
        }
        guard folder.hasPrefix("/"), (1...Self.mostKept).contains(keep ?? 1) else {
            throw GatewayError(
                .mistakes, "the folder must be an absolute path, and at least one backup must be kept",
                remedy: "see `yizhan backup --help`")
        }
        let now = desk.clock()
        let shelf = BackupShelf(folder: folder, province: keeping.province)
        let (path, manifest) = try await keeping.backUp(to: shelf, by: actor, at: now)
        return Answer(path: path, manifest: manifest, removed: try shelf.keep(keep))
    }
}

extension Keeping {
    /// Copies the store, verifies the copy, and puts it under its name only then: what stands there is whole.
    func backUp(
        to shelf: BackupShelf, by actor: AuditActor, at now: Instant
    ) async throws -> (path: String, manifest: BackupManifest) {
        let partial = try shelf.begin(at: now)
        do {
            let copy = "\(partial)/\(BackupManifest.database)"
            try await store.copy(to: copy)
            let account = try await verified(copy)
            let (digest, bytes) = try BackupManifest.digest(of: copy)
            let manifest = try BackupManifest(self, of: account, bytes: bytes, digest: digest, at: now)
            let path = try shelf.finish(partial, manifest)
            try await store.record([
                Act(
                    .backupMade, actor: actor, at: now, evidence: Digest256(base64: digest),
                    details: [.size: "\(account.auditSize)", .root: account.auditRoot.base64])
            ])
            return (path, manifest)
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
    }

    /// Reads a copy from end to end: SQLite's own check, and the audit log with its checkpoints.
    /// - Throws: ``GatewayError`` `damaged` when anything is wrong.
    func verified(_ path: String) async throws -> StoreAccount {
        let copy = try SQLiteReader(path: path)
        let damage = try await copy.integrityFindings()
        guard damage.isEmpty else {
            throw GatewayError(
                .damaged, "the copy of the store is damaged: SQLite finds \(damage.count) faults",
                remedy: "check the disk, then use another copy")
        }
        let report = try await copy.verifyAudit(checkpoints: [], keys: [auditKey], origin: origin)
        guard let finding = report.findings.first else { return try await copy.account() }
        throw GatewayError(
            .damaged, "the audit log in the copy is not sound: \(finding.message)", remedy: "use another copy")
    }
}

/// The folder in which a gateway's backups stand side by side, each in a folder named by its time.
struct BackupShelf {
    let folder: String
    let province: Province

    private var prefix: String { "yizhan-\(province)-" }
    private static let unfinished = ".partial"

    /// Makes the folder in which a backup is written before it is whole.
    func begin(at now: Instant) throws -> String {
        let name = prefix + now.description.filter { $0 != "-" && $0 != ":" }
        let path = "\(folder)/\(name)"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw GatewayError(.file, "\(path) is there already", remedy: "wait a second and try again")
        }
        do {
            for made in [folder, path + Self.unfinished] {
                try FileManager.default.createDirectory(
                    atPath: made, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw GatewayError(
                .file, "the folder \(path) cannot be made", remedy: "check the owner and mode of the folder it is in")
        }
        return path + Self.unfinished
    }

    func finish(_ partial: String, _ manifest: BackupManifest) throws -> String {
        let path = String(partial.dropLast(Self.unfinished.count))
        let file = "\(partial)/\(BackupManifest.file)"
        do {
            guard
                FileManager.default.createFile(
                    atPath: file, contents: try manifest.encoded(), attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteUnknown) }
            try DurableFile.sync(file)
            try DurableFile.sync(partial)
            guard rename(partial, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            try DurableFile.sync(folder)
        } catch {
            throw GatewayError(.file, "the backup \(path) cannot be finished", remedy: "check the disk")
        }
        return path
    }

    /// Removes all but the newest. What was never finished is not counted, and not touched: it may be another's in work.
    /// - Returns: the names of the whole ones that went.
    func keep(_ count: Int?) throws -> [String] {
        guard let count else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(prefix) }.sorted()
        let whole = names.filter { !$0.hasSuffix(Self.unfinished) }
        let gone = Array(whole.dropLast(count))
        for name in gone { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
        return gone
    }
}

/// Making what was written to the disk outlast a power cut.
enum DurableFile {
    /// - Parameter path: a file or a folder.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
