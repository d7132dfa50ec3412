import DefaultFiles
import Foundation
import Gateway

/// Files that set-up writes. Nothing that exists is written over.
enum Files {
    /// An embedded default file.
    static func embedded(_ path: String) -> Data? {
        embedded(below: path).first { $0.path == path }?.content
    }

    /// Every embedded file below a folder, such as `mappings/`.
    static func embedded(below folder: String) -> [(path: String, content: Data)] {
        (0..<default_file_count).compactMap { index in
            let file = default_file_at(index).pointee
            let path = String(cString: file.path)
            return path.hasPrefix(folder) ? (path, Data(bytes: file.bytes, count: file.count)) : nil
        }
    }

    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GatewayError(.file, "the folder \(path) cannot be made", remedy: "check its parent's owner and mode")
        }
    }

    /// - Throws: ``GatewayError`` when the file exists or cannot be written.
    static func write(_ content: Data, to path: String, mode: Int = 0o600) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw GatewayError(.file, "\(path) exists already", remedy: "choose an empty folder, or remove it")
        }
        guard FileManager.default.createFile(atPath: path, contents: content, attributes: [.posixPermissions: mode])
        else {
            throw GatewayError(.file, "\(path) cannot be written", remedy: "check the folder's owner and mode")
        }
    }

    /// Writes a secret over what is there, in one step: whoever reads it meets the old file or the new one, whole.
    /// - Throws: ``GatewayError`` when it cannot be written.
    static func replace(_ content: Data, at path: String) throws {
        let fresh = "\(path).new"
        try? FileManager.default.removeItem(atPath: fresh)
        try write(content, to: fresh)
        guard rename(fresh, path) == 0 else {
            throw GatewayError(.file, "\(path) cannot be written", remedy: "check the folder's owner and mode")
        }
    }
}
