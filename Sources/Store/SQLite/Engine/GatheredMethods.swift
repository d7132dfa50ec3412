import GRDBSQLite

/// What SQLite calls of a ``GatheredFile``: everything but a write comes after what was gathered, and is asked of the file below.
enum GatheredMethods {
    private typealias File = UnsafeMutablePointer<sqlite3_file>

    /// Set once, and never changed.
    nonisolated(unsafe) static let all: UnsafeMutablePointer<sqlite3_io_methods> = {
        let place = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        place.initialize(to: made())
        return place
    }()

    private static func made() -> sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        methods.iVersion = 3
        methods.xClose = { file in
            guard let file else { return SQLITE_MISUSE }
            let written = file.gathered.pointee.flush(file.below)
            file.gathered.pointee.release()
            let closed = file.below.methods.xClose(file.below)
            return written == SQLITE_OK ? closed : written
        }
        methods.xRead = { file, data, count, offset in
            GatheredMethods.after(file) { $0.methods.xRead($0, data, count, offset) }
        }
        methods.xWrite = { file, data, count, offset in
            guard let file else { return SQLITE_MISUSE }
            return file.gathered.pointee.write(
                UnsafeRawBufferPointer(start: data, count: Int(count)), at: offset, file.below)
        }
        methods.xTruncate = { file, size in GatheredMethods.after(file) { $0.methods.xTruncate($0, size) } }
        methods.xSync = { file, flags in GatheredMethods.after(file) { $0.methods.xSync($0, flags) } }
        methods.xFileSize = { file, size in GatheredMethods.after(file) { $0.methods.xFileSize($0, size) } }
        methods.xLock = { file, level in GatheredMethods.after(file) { $0.methods.xLock($0, level) } }
        methods.xUnlock = { file, level in GatheredMethods.after(file) { $0.methods.xUnlock($0, level) } }
        methods.xCheckReservedLock = { file, isLocked in
            GatheredMethods.after(file) { $0.methods.xCheckReservedLock($0, isLocked) }
        }
        methods.xFileControl = { file, operation, argument in
            if operation == SQLITE_FCNTL_CKPT_DONE, let file {
                file.gathered.pointee.flushUntilWritten(file.below)
            }
            return GatheredMethods.after(file) { $0.methods.xFileControl($0, operation, argument) }
        }
        methods.xSectorSize = { file in file.map { $0.below.methods.xSectorSize($0.below) } ?? 0 }
        methods.xDeviceCharacteristics = { file in
            file.map { $0.below.methods.xDeviceCharacteristics($0.below) } ?? 0
        }
        addSharedMemory(to: &methods)
        return methods
    }

    /// What only a database has.
    private static func addSharedMemory(to methods: inout sqlite3_io_methods) {
        methods.xShmMap = { file, region, size, mayGrow, memory in
            GatheredMethods.after(file) { $0.methods.xShmMap($0, region, size, mayGrow, memory) }
        }
        methods.xShmLock = { file, offset, count, flags in
            GatheredMethods.after(file) { $0.methods.xShmLock($0, offset, count, flags) }
        }
        methods.xShmBarrier = { file in
            if let file { file.below.methods.xShmBarrier(file.below) }
        }
        methods.xShmUnmap = { file, isToGo in GatheredMethods.after(file) { $0.methods.xShmUnmap($0, isToGo) } }
        methods.xFetch = { file, offset, count, memory in
            GatheredMethods.after(file) { $0.methods.xFetch($0, offset, count, memory) }
        }
        methods.xUnfetch = { file, offset, memory in
            GatheredMethods.after(file) { $0.methods.xUnfetch($0, offset, memory) }
        }
    }

    private static func after(_ file: File?, _ call: (File) -> Int32) -> Int32 {
        guard let file else { return SQLITE_MISUSE }
        let code = file.gathered.pointee.flush(file.below)
        return code == SQLITE_OK ? call(file.below) : code
    }
}
