#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The lines of a text, each ended by a newline, without copying them.
enum NDJSONLines {
    /// - Returns: where each line is in the text, without its newline; of what follows the last newline too, if it is not empty.
    static func spans(of text: [UInt8]) -> [Range<Int>] {
        text.withUnsafeBytes { bytes in
            var spans: [Range<Int>] = []
            guard let base = bytes.baseAddress else { return spans }
            var start = 0
            while start < bytes.count {
                let end = memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
                if (end ?? bytes.count) > start { spans.append(start..<(end ?? bytes.count)) }
                start = (end ?? bytes.count) + 1
            }
            return spans
        }
    }
}
