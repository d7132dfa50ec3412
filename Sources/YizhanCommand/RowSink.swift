import Foundation
import Gateway

/// Where rows go, through a buffer of 1 MiB.
final class RowSink {
    private let handle: FileHandle
    private let name: String
    private var buffer: [UInt8] = []
    private static let fullBytes = 1 << 20

    init(_ handle: FileHandle) {
        self.handle = handle
        name = "standard output"
    }

    /// - Throws: ``GatewayError`` when the file cannot be made, or is there already: an earlier export is not overwritten.
    init(path: String) throws {
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            let why = String(cString: strerror(errno))
            throw GatewayError(.file, "\(path) cannot be made: \(why)", remedy: "give the name of a new file")
        }
        handle = FileHandle(fileDescriptor: opened, closeOnDealloc: true)
        name = path
    }

    func keep(_ bytes: [UInt8]) { buffer += bytes }

    func write(_ bytes: [UInt8]) throws {
        keep(bytes)
        try flushIfFull()
    }

    func flushIfFull() throws { if buffer.count >= Self.fullBytes { try flush() } }

    /// Puts the bytes over the first ones of the file.
    func rewriteFront(_ bytes: [UInt8]) throws {
        try flush()
        try attempt { try handle.seek(toOffset: 0) }
        keep(bytes)
        try flush()
    }

    /// - Throws: ``GatewayError`` when the last bytes could not be written.
    func close() throws { try flush() }

    private func flush() throws {
        try attempt { try handle.write(contentsOf: Data(buffer)) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func attempt(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw GatewayError(
                .file, "\(name) cannot be written further", remedy: "check the disk's space; what is there is not whole"
            )
        }
    }
}
