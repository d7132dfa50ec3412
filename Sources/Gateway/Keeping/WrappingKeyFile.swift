import Foundation
import Interchange
import Store

/// The file of the wrapping keys. It is replaced as a whole and durably: after a crash at any moment it is the one or the other.
public struct WrappingKeyFile: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// A file that does not say when its key was made is as old as its last change.
    /// - Throws: ``GatewayError``, ``StoreError`` `invalid`.
    public func read() throws -> WrappingKeys {
        let content = try KeyMaterial.read(path)
        let changed = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        let madeAt = Instant(seconds: Int64((changed ?? Date(timeIntervalSince1970: 0)).timeIntervalSince1970))
        return try WrappingKeys(file: content, madeAt: madeAt)
    }

    /// Returns when the keys are durable under the file's name. What the file was before is written over, so that a key which
    /// is not in it any more is not left in free blocks, as far as the file system writes in place.
    /// - Throws: ``GatewayError`` `file`; the file is then as it was.
    public func write(_ keys: WrappingKeys) throws {
        let temporary = path + ".new"
        try? FileManager.default.removeItem(atPath: temporary)
        let former = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        defer { if former >= 0 { close(former) } }
        do {
            try Self.make(temporary, keys.file)
            guard rename(temporary, path) == 0 else { throw failure }
            try DurableFile.sync(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw failure
        }
        Self.overwrite(former)
    }

    private var failure: GatewayError {
        GatewayError(
            .file, "the key file \(path) cannot be replaced", remedy: "check its folder's owner and mode, and the disk")
    }

    private static func make(_ path: String, _ content: [UInt8]) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(file) }
        guard write(file, content), fsync(file) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private static func write(_ file: Int32, _ content: [UInt8]) -> Bool {
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress.map { $0 + written }, content.count - written)
            }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    private static func overwrite(_ file: Int32) {
        var status = stat()
        // Another link is somebody's copy.
        guard file >= 0, fstat(file, &status) == 0, status.st_nlink == 0 else { return }
        let length = Int(lseek(file, 0, SEEK_END))
        guard length > 0, lseek(file, 0, SEEK_SET) == 0 else { return }
        if write(file, [UInt8](repeating: 0, count: length)) { fsync(file) }
    }
}
