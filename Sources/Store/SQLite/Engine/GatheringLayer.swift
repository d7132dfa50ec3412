import Foundation
import GRDBSQLite

/// Layers of SQLite's over files with ``GatheredFile`` in them.
package enum GatheringLayer {
    /// Which files are gathered.
    package enum Kind: Sendable {
        /// What commits write to logs.
        case logs
        /// What checkpoints write to databases.
        case databases
    }

    /// The layer that the store's connections for checkpoints ask for.
    static let checkpoints = "yizhan-checkpoint"

    /// The first release of SQLite that says when a checkpoint has copied its pages, and before it tells of them.
    private static let oldest: Int32 = 3_031_000

    /// Adds the store's layers to SQLite, once in a process. From then on all databases that are opened have their logs gathered, unless another layer
    /// is asked for: GRDB asks for none.
    /// - Returns: whether SQLite took them.
    static let isInstalled: Bool = {
        guard sqlite3_libversion_number() >= oldest, let system = sqlite3_vfs_find(nil) else { return false }
        return add(checkpoints, gathering: .databases, over: system)
            && add("yizhan", gathering: .logs, over: system, isDefault: true)
    }()

    /// Adds a layer, for good.
    /// - Parameters:
    ///   - name: by which databases are opened with it.
    ///   - below: the layer that does the work.
    /// - Returns: whether SQLite took it.
    package static func add(
        _ name: String, gathering kind: Kind, over below: UnsafeMutablePointer<sqlite3_vfs>, isDefault: Bool = false
    ) -> Bool {
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: below.pointee)
        layer.pointee.zName = UnsafePointer(strdup(name))
        layer.pointee.szOsFile += Int32(GatheredFile.bytes)
        layer.pointee.pAppData = UnsafeMutableRawPointer(below)
        switch kind {
        case .logs:
            layer.pointee.xOpen = { layer, path, file, flags, outFlags in
                GatheringLayer.open(layer, path, file, flags, outFlags, gathering: SQLITE_OPEN_WAL)
            }
        case .databases:
            layer.pointee.xOpen = { layer, path, file, flags, outFlags in
                GatheringLayer.open(layer, path, file, flags, outFlags, gathering: SQLITE_OPEN_MAIN_DB)
            }
        }
        return sqlite3_vfs_register(layer, isDefault ? 1 : 0) == SQLITE_OK
    }

    private static func open(
        _ layer: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?,
        gathering kind: Int32
    ) -> Int32 {
        guard let layer, let file, let below = layer.pointee.pAppData?.assumingMemoryBound(to: sqlite3_vfs.self)
        else { return SQLITE_MISUSE }
        guard flags & kind != 0 else { return below.pointee.xOpen(below, path, file, flags, outFlags) }
        let code = below.pointee.xOpen(below, path, file.below, flags, outFlags)
        // As below: SQLite closes what has methods, even when opening it failed.
        file.pointee.pMethods = nil
        if file.below.pointee.pMethods != nil {
            file.gathered.initialize(to: GatheredFile(isLog: kind == SQLITE_OPEN_WAL))
        }
        return code
    }
}
