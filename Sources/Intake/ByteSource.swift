#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a file's bytes come from. It is read twice: once to see that the whole of it is what the mapping says, once for
/// its rows.
public protocol ByteSource: AnyObject {
    /// Fills the front of the buffer. Returns how many bytes there are, 0 only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IntakeError) -> Int
    /// Goes back to the first byte.
    func rewind() throws(IntakeError)
    /// Where the bytes lie as a file that may have others beside it; nil when they come by another way.
    var path: String? { get }
}

extension ByteSource {
    public var path: String? { nil }
}

/// Bytes that are in memory already, as an HTTP request's body is.
public final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(IntakeError) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[position..<position + count]))
        }
        position += count
        return count
    }

    public func rewind() throws(IntakeError) { position = 0 }
}

/// A file, through its descriptor. What cannot be rewound (a pipe, a terminal) is kept in memory up to a limit.
public final class FileSource: ByteSource {
    public let path: String?
    private let descriptor: Int32
    private let closesDescriptor: Bool
    private let isSeekable: Bool
    private let pipeBytes: Int
    private var kept: [UInt8] = []
    private var position = 0

    /// - Throws: ``IntakeError/Code/unreadable``.
    public init(path: String) throws(IntakeError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw Self.unreadable(errno, at: 0) }
        self.path = path
        descriptor = opened
        closesDescriptor = true
        isSeekable = lseek(opened, 0, SEEK_CUR) >= 0
        pipeBytes = Self.defaultPipeBytes
    }

    /// - Parameters:
    ///   - descriptor: open for reading and positioned at the file's first byte; it stays the caller's to close.
    ///   - pipeBytes: the most that is kept in memory of what cannot be rewound. Default 64 MiB.
    public init(descriptor: Int32, pipeBytes: Int = FileSource.defaultPipeBytes) {
        path = nil
        self.descriptor = descriptor
        self.pipeBytes = pipeBytes
        closesDescriptor = false
        isSeekable = lseek(descriptor, 0, SEEK_CUR) >= 0
    }

    public static let defaultPipeBytes = 64 << 20

    deinit { if closesDescriptor { close(descriptor) } }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(IntakeError) -> Int {
        if position < kept.count { return replay(into: buffer) }
        let count = try readDescriptor(into: buffer)
        if !isSeekable { try keep(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        position += count
        return count
    }

    public func rewind() throws(IntakeError) {
        position = 0
        guard isSeekable else { return }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.unreadable(errno, at: 0) }
    }

    private func readDescriptor(into buffer: UnsafeMutableRawBufferPointer) throws(IntakeError) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.unreadable(errno, at: position) }
        }
    }

    private func replay(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, kept.count - position)
        kept.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) throws(IntakeError) {
        guard kept.count + bytes.count <= pipeBytes else {
            throw IntakeError(
                .limit, at: pipeBytes, "more than \(pipeBytes) bytes came through a pipe",
                "管道输入超过 \(pipeBytes) 字节", remedy: "Save the input as a file and give its name",
                chineseRemedy: "请将输入保存为文件后再提交文件名")
        }
        kept.append(contentsOf: bytes)
    }

    private static func unreadable(_ number: Int32, at offset: Int) -> IntakeError {
        let reason = String(cString: strerror(number))
        return IntakeError(
            .unreadable, at: offset, "the file cannot be read: \(reason)", "文件无法读取：\(reason)",
            remedy: "Check the name and that this user may read it", chineseRemedy: "请检查文件名和读取权限")
    }
}
