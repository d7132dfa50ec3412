#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Interchange
import JSONTape

/// Cuts the content of a batch into its lines, one envelope each.
///
/// Lines end with a newline; the last may lack it. An empty line, and a carriage return anywhere (it has no place inside a
/// JSON string, and would change an envelope's digest), make the batch unreadable.
public enum BatchLines {
    /// One envelope of a batch.
    public struct Line: Sendable, Hashable {
        /// Where it stands in the content, without its newline.
        public let range: Range<Int>
        public let id: MessageID
        /// Of exactly these bytes.
        public let digest: ContentDigest
    }

    /// The ranges of the lines, without their newlines.
    /// - Throws: `WireError`: `BATCH_TOO_LONG` over the limit of envelopes; `BATCH_UNREADABLE` for no line at all, an empty
    ///   line or a carriage return.
    public static func split(_ content: [UInt8], limits: ExchangeLimits = .init()) throws(WireError) -> [Range<Int>] {
        let found: Result<[Range<Int>], WireError> = content.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                return .failure(WireError(.batchUnreadable, "The batch is empty."))
            }
            if memchr(base, 0x0D, bytes.count) != nil {
                return .failure(WireError(.batchUnreadable, "The batch has a carriage return."))
            }
            return split(base, bytes.count, limits.envelopes)
        }
        return try found.get()
    }

    private static func split(
        _ base: UnsafeRawPointer, _ count: Int, _ limit: Int
    ) -> Result<[Range<Int>], WireError> {
        var lines: [Range<Int>] = []
        var start = 0
        while start < count {
            let end = memchr(base + start, 0x0A, count - start).map { UnsafeRawPointer($0) - base } ?? count
            guard lines.count < limit else {
                return .failure(WireError(.batchTooLong, "The batch has more than \(limit) envelopes."))
            }
            guard end > start else {
                return .failure(WireError(.batchUnreadable, "Line \(lines.count + 1) is empty."))
            }
            lines.append(start..<end)
            start = end + 1
        }
        return .success(lines)
    }

    /// The lines with the id and digest of each.
    ///
    /// For callers that do not check the envelopes anyway: it parses each line.
    /// - Throws: `WireError`, as ``split(_:limits:)``; `BATCH_UNREADABLE` too for a line that is not a JSON object with a
    ///   UUID `id`.
    public static func read(
        _ content: [UInt8], limits: ExchangeLimits = .init(), parser: JSONParser = JSONParser()
    ) throws(WireError) -> [Line] {
        let ranges = try split(content, limits: limits)
        let found: Result<[Line], WireError> = content.withUnsafeBytes { bytes in
            var lines: [Line] = []
            lines.reserveCapacity(ranges.count)
            for (index, range) in ranges.enumerated() {
                let line = UnsafeRawBufferPointer(rebasing: bytes[range])
                guard let id = id(of: line, parser) else { return .failure(unreadable(line: index + 1)) }
                lines.append(Line(range: range, id: id, digest: ContentDigest(of: line)))
            }
            return .success(lines)
        }
        return try found.get()
    }

    /// What a batch is answered with when this line (from 1) is not a JSON object with a UUID `id`.
    public static func unreadable(line: Int) -> WireError {
        WireError(.batchUnreadable, "Line \(line) is not a JSON object with a UUID id.")
    }

    private static func id(of line: UnsafeRawBufferPointer, _ parser: JSONParser) -> MessageID? {
        try? parser.parse(line) { root in
            guard root.kind == .object, let id = root["id"] else { return nil }
            return id.withUTF8 { MessageID(text: $0) } ?? nil
        }
    }
}
