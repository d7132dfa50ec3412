/// The part of a source that is in memory: grows to the longest row, within the limit, and no further.
struct ByteWindow {
    private let source: any ByteSource
    private let chunkBytes: Int
    private let dropsEndMark: Bool
    private var storage: [UInt8]
    private(set) var start = 0
    private(set) var end = 0
    /// Where in the file `start` is.
    private(set) var offset = 0
    /// No bytes come after `end`.
    private(set) var isLast = false

    /// - Parameter dropsEndMark: bytes 0x1A at the end of the source are not part of it.
    init(_ source: any ByteSource, chunkBytes: Int, dropsEndMark: Bool = true) {
        self.source = source
        self.dropsEndMark = dropsEndMark
        self.chunkBytes = chunkBytes
        storage = [UInt8](repeating: 0, count: chunkBytes)
    }

    var count: Int { end - start }

    /// The bytes in memory, from the first that is not consumed.
    @inline(__always)
    func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
        try storage.withUnsafeBufferPointer { all throws(E) -> R in
            try body(UnsafeBufferPointer(rebasing: all[start..<end]))
        }
    }

    mutating func consume(_ count: Int) {
        start += count
        offset += count
    }

    /// Reads one chunk more, keeping what is not consumed.
    mutating func fill() throws(IntakeError) {
        if isLast { return }
        if start > 0 {
            let (from, to) = (start, end)
            storage.withUnsafeMutableBytes { all in
                guard to > from, let base = all.baseAddress else { return }
                base.copyMemory(from: base + from, byteCount: to - from)
            }
            end -= start
            start = 0
        }
        if storage.count - end < chunkBytes {
            storage.append(contentsOf: repeatElement(0, count: max(chunkBytes, end)))
        }
        let (source, kept) = (source, end)
        let read = try storage.withUnsafeMutableBufferPointer { all throws(IntakeError) -> Int in
            try source.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: all[kept...])))
        }
        end += read
        isLast = read == 0
        if isLast && dropsEndMark { dropEndMark() }
    }

    /// What DOS and dBASE write after a text's last byte: 0x1A, once or more.
    private mutating func dropEndMark() {
        while end > start, storage[end - 1] == 0x1A { end -= 1 }
    }

    mutating func rewind() throws(IntakeError) {
        try source.rewind()
        (start, end, offset, isLast) = (0, 0, 0, false)
    }
}
