import AuditLog
import Exchange
import Foundation
import Store

/// The gateway's own secrets, read from files that only it may read.
public struct KeyMaterial: Sendable {
    /// Signs what is for no peer in particular.
    public var signing: SigningKey
    /// Every signing key that there is, ``signing`` among them.
    public var signingKeys: SigningKeys
    public let audit: NoteSigner
    /// 32 bytes, under which record ids are made; never rotated.
    public let record: [UInt8]
    public let store: StoreKeys

    /// - Throws: ``GatewayError`` `file`, naming the file and what to do.
    public init(_ configuration: GatewayConfiguration) throws {
        let files = configuration.keys
        do {
            signingKeys = try SigningKeys(files)
            signing = try SigningKeyFile(path: files.signing).key
            audit = try NoteSigner(name: configuration.origin, seed: try Self.read(files.audit))
        } catch let error as GatewayError {
            throw error
        } catch {
            throw GatewayError(.file, "a key file cannot be used: \(error)", remedy: "restore the key files")
        }
        record = try Self.read(files.record)
        store = try StoreKeys(
            wrapping: try WrappingKeyFile(files.wrapping).read(), lookup: try Self.read(files.lookup),
            log: try Self.read(files.log))
    }

    /// - Throws: ``GatewayError`` when the file is missing or open to others than its owner.
    static func read(_ path: String) throws -> [UInt8] {
        let manager = FileManager.default
        guard let data = manager.contents(atPath: path) else {
            throw GatewayError(.file, "the key file \(path) cannot be read", remedy: "restore it from the key backup")
        }
        let mode = (try? manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int) ?? 0o777
        guard mode & 0o077 == 0 else {
            throw GatewayError(.file, "the key file \(path) is open to others", remedy: "chmod 0600 \(path)")
        }
        return Array(data)
    }
}
