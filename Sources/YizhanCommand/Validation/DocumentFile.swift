import Foundation
import Gateway
import JSONTape

/// A file of JSON documents, or standard input: one document, or one a line.
struct DocumentFile {
    /// `-` is standard input.
    let path: String

    /// Bytes of one document, or of one line.
    static let maximumBytes = 1 << 30
    private static let chunkBytes = 1 << 20

    /// Hands over every document that is not blank, with the number of its first line.
    ///
    /// - Throws: ``GatewayError`` when the file cannot be read or a document is larger than ``maximumBytes``, or what
    ///   `body` throws.
    func forEachDocument(_ body: (_ line: Int, _ text: [UInt8]) throws -> Void) throws {
        let handle = try opened()
        defer { try? handle.close() }
        if path.lowercased().hasSuffix(".json") { return try body(1, try rest(of: handle, after: [])) }
        let isByLines = [".ndjson", ".jsonl"].contains { path.lowercased().hasSuffix($0) }
        try readLines(handle, isByLines: isByLines, body)
    }

    private func readLines(_ handle: FileHandle, isByLines: Bool, _ body: (Int, [UInt8]) throws -> Void) throws {
        var isByLines = isByLines
        var number = 1
        var pending: [UInt8] = []
        while true {
            let chunk = try read(handle)
            pending += chunk
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n"))
                ?? (chunk.isEmpty ? pending.count : nil),
                start < pending.count
            {
                let line = pending[start..<end]
                if !Self.isBlank(line) {
                    if !isByLines, !Self.isWhole(line) {
                        return try body(number, try rest(of: handle, after: Array(pending[start...])))
                    }
                    isByLines = true
                    try body(number, Array(line))
                }
                start = min(end + 1, pending.count)
                number += 1
            }
            pending.removeSubrange(..<start)
            try bound(pending.count)
            if chunk.isEmpty { return }
        }
    }

    private func opened() throws -> FileHandle {
        if path == "-" { return .standardInput }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let handle = FileHandle(forReadingAtPath: path)
        else { throw GatewayError(.file, "\(path) cannot be read", remedy: "check the path and its mode") }
        return handle
    }

    private func read(_ handle: FileHandle) throws -> Data {
        do {
            return try handle.read(upToCount: Self.chunkBytes) ?? Data()
        } catch {
            throw GatewayError(.file, "\(path) cannot be read", remedy: "check the path and its mode")
        }
    }

    private func rest(of handle: FileHandle, after start: [UInt8]) throws -> [UInt8] {
        var text = start
        while true {
            let chunk = try read(handle)
            if chunk.isEmpty { return text }
            text += chunk
            try bound(text.count)
        }
    }

    private func bound(_ count: Int) throws {
        guard count > Self.maximumBytes else { return }
        throw GatewayError(.file, "a document of \(path) is larger than 1 GiB", remedy: "cut it into several")
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
    }

    private static func isWhole(_ line: ArraySlice<UInt8>) -> Bool {
        (try? JSONParser(maximumNodes: SchemaJudge.maximumNodes).parse(Array(line)) { _ in }) != nil
    }
}
