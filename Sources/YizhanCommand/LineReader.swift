import Foundation
import Gateway

/// Lines of a file or of standard input, one after the other, in memory that does not grow with the file.
final class LineReader {
    let name: String
    /// The number of the line that ``next()`` gave last, from 1.
    private(set) var number = 0
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// The longest line that is read: 1 MiB, far above any envelope.
    static let mostBytes = 1 << 20

    init(_ handle: FileHandle, name: String) {
        self.handle = handle
        self.name = name
    }

    /// - Throws: ``GatewayError`` when the file cannot be opened.
    convenience init(_ path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw GatewayError(.file, "\(path) cannot be read", remedy: "check the path")
        }
        self.init(handle, name: path)
    }

    /// The next line without its end; nil after the last.
    ///
    /// - Throws: ``GatewayError`` when a line is too long, or the file cannot be read further.
    func next() throws -> [UInt8]? {
        while true {
            if let end = buffer[start...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                number += 1
                return Array(buffer[start..<end])
            }
            if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                number += 1
                return Array(buffer[start...])
            }
            try fill()
        }
    }

    private func fill() throws {
        buffer.removeFirst(start)
        start = 0
        guard buffer.count <= Self.mostBytes else {
            throw GatewayError(
                .file, "\(name):\(number + 1): the line has more than \(Self.mostBytes) bytes",
                remedy: "give one envelope on each line")
        }
        let data: Data?
        do {
            data = try handle.read(upToCount: 256 << 10)
        } catch {
            throw GatewayError(.file, "\(name) cannot be read further", remedy: "check the disk and the path")
        }
        guard let data, !data.isEmpty else { return isAtEnd = true }
        buffer += data
    }
}
