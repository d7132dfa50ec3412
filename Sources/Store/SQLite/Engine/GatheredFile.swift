import Foundation
import GRDBSQLite

/// A file of SQLite's whose writes are gathered: those that follow each other go to the kernel in few calls.
///
/// SQLite hands over each page of a commit in a piece of 24 bytes and one of 4,096, and a checkpoint page by page. For each the kernel looks up, locks
/// and marks a page or two of its cache, which costs more than to copy the bytes.
///
/// - A log is written when the page of a commit's last frame comes: before any connection is told of the commit, and in time to refuse it.
///   An error of an earlier frame is told with a later one; SQLite takes the same transaction back for it.
/// - A database is written when a checkpoint's pages are all there (`SQLITE_FCNTL_CKPT_DONE`), before any connection is told that they are.
///   SQLite does not hear there of what failed, and so it is tried until it succeeds.
/// - Either is written before anything else is asked of it.
///
/// The layout is what SQLite wants of a file: its methods first, and what is ours behind them. It lies in memory of SQLite's, with
/// the file of the layer below, which does the work, behind it.
struct GatheredFile {
    private var methods: UnsafePointer<sqlite3_io_methods>?
    private let isLog: Bool
    /// Of a log: whether the page that comes next ends a commit.
    private var isLastFrame = false
    private var buffer: UnsafeMutableRawPointer?
    /// Where in the file the gathered bytes go, and how many there are.
    private var (start, count): (Int64, Int) = (0, 0)

    /// Most bytes that are gathered: SQLite's layer for Unix writes less than 128 KiB in one call.
    private static let capacity = 127 << 10
    /// Bytes of the header of a frame (SQLite, "Database File Format", section 4.1).
    private static let frameHeader = 24
    /// Where it has the number of the database's pages after the commit that the frame ends; 0 in a frame that ends none.
    private static let pagesAfterCommit = 4..<8
    /// Between two tries to write what a checkpoint copied.
    private static let retrySeconds = 0.1

    /// Bytes from here to the file below.
    static let bytes = 64

    init(isLog: Bool) {
        methods = UnsafePointer(GatheredMethods.all)
        self.isLog = isLog
    }

    mutating func write(
        _ data: UnsafeRawBufferPointer, at offset: Int64, _ below: UnsafeMutablePointer<sqlite3_file>
    ) -> Int32 {
        if count > 0, offset != start + Int64(count) || count + data.count > Self.capacity {
            let code = flush(below)
            guard code == SQLITE_OK else { return code }
        }
        guard data.count <= Self.capacity, let bytes = data.baseAddress else {
            return below.methods.xWrite(below, data.baseAddress, Int32(data.count), offset)
        }
        let buffer = buffer ?? .allocate(byteCount: Self.capacity, alignment: 64)
        self.buffer = buffer
        if count == 0 { start = offset }
        (buffer + count).copyMemory(from: bytes, byteCount: data.count)
        count += data.count
        guard isLog else { return SQLITE_OK }
        if data.count == Self.frameHeader {
            isLastFrame = data[Self.pagesAfterCommit].contains { $0 != 0 }
            return SQLITE_OK
        }
        guard isLastFrame else { return SQLITE_OK }
        isLastFrame = false
        return flush(below)
    }

    /// Writes what was gathered. Where that fails it is gone, as SQLite is told.
    mutating func flush(_ below: UnsafeMutablePointer<sqlite3_file>) -> Int32 {
        guard count > 0 else { return SQLITE_OK }
        defer { count = 0 }
        return below.methods.xWrite(below, buffer, Int32(count), start)
    }

    /// Writes what was gathered, however long it takes: until there is room on the disk, or the process ends.
    mutating func flushUntilWritten(_ below: UnsafeMutablePointer<sqlite3_file>) {
        guard count > 0 else { return }
        while below.methods.xWrite(below, buffer, Int32(count), start) != SQLITE_OK {
            Thread.sleep(forTimeInterval: Self.retrySeconds)
        }
        count = 0
    }

    mutating func release() {
        buffer?.deallocate()
        buffer = nil
    }
}

extension UnsafeMutablePointer<sqlite3_file> {
    var gathered: UnsafeMutablePointer<GatheredFile> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: GatheredFile.self)
    }

    /// The file that does the work.
    var below: UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(self) + GatheredFile.bytes).assumingMemoryBound(to: sqlite3_file.self)
    }

    /// Of a file that is open.
    var methods: sqlite3_io_methods { pointee.pMethods.pointee }
}
