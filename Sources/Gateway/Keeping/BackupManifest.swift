import AuditLog
import Crypto
import Foundation
import Interchange
import Store

/// What a backup says of itself, `manifest.json` beside the copy. A code over it under the store's keys shows that this gateway
/// wrote it.
public struct BackupManifest: Codable, Sendable, Hashable {
    static let form = "yizhan backup 1"
    static let file = "manifest.json"
    static let database = "store.sqlite"

    public var form: String
    public var province: String
    public var origin: String
    public var version: String
    public var madeAt: String
    /// Of the copy: its length, and its SHA-256 in base64.
    public var bytes: Int
    public var digest: String
    /// The audit log's entries in it, and the root of its tree in base64.
    public var auditSize: UInt64
    public var auditRoot: String
    /// The newest checkpoint in it, a signed note.
    public var checkpoint: String?
    /// Numbers of the wrapping keys that its bodies need, newest first.
    public var wrappingKeys: [Int64]
    /// HMAC-SHA256 in base64 over all the rest; empty while it is computed.
    public var code: String

    init(_ keeping: Keeping, of account: StoreAccount, bytes: Int, digest: String, at now: Instant) throws {
        form = Self.form
        province = keeping.province.description
        origin = keeping.origin
        version = Keeping.version
        madeAt = now.description
        (self.bytes, self.digest) = (bytes, digest)
        auditSize = account.auditSize
        auditRoot = account.auditRoot.base64
        checkpoint = account.checkpoint?.note
        wrappingKeys = account.wrappingKeys
        code = ""
        code = try computedCode(keeping.keys)
    }

    private func computedCode(_ keys: StoreKeys) throws -> String {
        var bare = self
        bare.code = ""
        return Data(keys.code(over: Array(try bare.encoded()), as: "backup")).base64EncodedString()
    }

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads the manifest of a backup of this gateway.
    /// - Throws: ``GatewayError``: `file` when there is none, `damaged` when it was altered or is another gateway's.
    static func read(in folder: String, _ keys: StoreKeys, _ province: Province) throws -> BackupManifest {
        guard let content = FileManager.default.contents(atPath: "\(folder)/\(file)"),
            let manifest = try? JSONDecoder().decode(BackupManifest.self, from: content), manifest.form == form
        else {
            throw GatewayError(
                .file, "\(folder) has no backup's manifest", remedy: "name the folder of one backup with --from")
        }
        let code = try manifest.computedCode(keys)
        guard manifest.province == province.description,
            Data(code.utf8).elementsEqual(Data(manifest.code.utf8))
        else {
            throw GatewayError(
                .damaged, "the manifest in \(folder) was altered, or is of another gateway or other keys",
                remedy: "use another backup, and the key files that belong to it")
        }
        return manifest
    }

    /// SHA-256 in base64 and length of a file, read in pieces.
    static func digest(of path: String) throws -> (digest: String, bytes: Int) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw GatewayError(.file, "\(path) cannot be read", remedy: "check its owner and mode")
        }
        defer { try? file.close() }
        var hash = SHA256()
        var bytes = 0
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
            hash.update(data: piece)
            bytes += piece.count
        }
        return (Data(hash.finalize()).base64EncodedString(), bytes)
    }
}
