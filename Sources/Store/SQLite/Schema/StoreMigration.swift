import Foundation
import GRDB

/// The tables of a store's file against those that this program writes.
public struct StoreMigration: Sendable, Hashable {
    public var applied: [String]
    /// What opening the store will do, in order.
    public var pending: [String]

    /// Looks at the file; an empty or missing one has everything before it.
    /// - Throws: ``StoreError`` `tooNew` for a file of a later version; `unavailable`.
    public init(path: String) throws {
        let names = Schema.migrator.migrations
        guard FileManager.default.fileExists(atPath: path) else {
            (applied, pending) = ([], names)
            return
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let done = try DatabaseQueue(path: path, configuration: configuration).read { database in
                guard try !Schema.migrator.hasBeenSuperseded(database) else {
                    throw StoreError(
                        .tooNew, "a later version of yizhan wrote this store",
                        remedy: "install that version or a later one")
                }
                return try Schema.migrator.appliedIdentifiers(database)
            }
            applied = names.filter(done.contains)
            pending = names.filter { !done.contains($0) }
        } catch {
            throw StoreError(database: error)
        }
    }

    /// Copies a store's file, with what is still in the log beside it, while nothing writes to it.
    /// - Throws: ``StoreError``.
    public static func copy(_ path: String, to target: String) throws {
        do {
            try DatabaseQueue(path: path).backup(to: try DatabaseQueue(path: target))
            guard chmod(target, 0o600) == 0 else {
                throw StoreError(.unavailable, "the copy cannot be made private", remedy: "check the folder's owner")
            }
        } catch {
            throw StoreError(database: error)
        }
    }
}
