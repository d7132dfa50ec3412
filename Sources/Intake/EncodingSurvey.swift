#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a file whose bytes are not all of one encoding, to tell a few damaged lines, elements or values from a wrong encoding.
struct EncodingSurvey {
    private(set) var tally = RowTally()
    /// Where the character begins that the file's end cuts.
    private(set) var cut: Int?

    /// - Parameters:
    ///   - window: at the file's first byte; at its end afterwards.
    ///   - mark: the byte that ends a line.
    /// - Throws: ``IntakeError/Code/unreadable``, ``IntakeError/Code/limit``.
    init(of window: inout ByteWindow, as encoding: TextEncoding, mark: UInt8 = 0x0A) throws(IntakeError) {
        var isMore = true
        while isMore {
            if window.count == 0 { try window.fill() }
            isMore = !window.isLast || window.count > 0
            let line = window.withBytes { Self.lineLength($0, mark) }
            if line == nil, !window.isLast, window.count < Self.longestLine {
                try window.fill()
                continue
            }
            let length = line ?? window.count
            count(window, length, encoding, isLast: window.isLast && length == window.count)
            window.consume(length)
        }
    }

    /// What is longer is judged in parts.
    private static let longestLine = 1 << 20

    private mutating func count(_ window: ByteWindow, _ length: Int, _ encoding: TextEncoding, isLast: Bool) {
        let offset = window.offset
        window.withBytes { bytes in
            let line = UnsafeBufferPointer(rebasing: bytes[..<length])
            if isLast, case .failure(.incomplete(let at)) = encoding.result(of: line) { return cut = offset + at }
            tally.count(text: line, as: encoding, base: offset)
        }
    }

    private static func lineLength(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: UInt8) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base, Int32(mark), bytes.count) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
    }

    /// - Throws: the first disagreement when lines that disagree are the greater part; ``IntakeError/Code/truncated`` when
    ///   the file's end cuts a character.
    func judge(_ encoding: TextEncoding) throws(IntakeError) {
        try tally.judge()
        if let cut { throw .fault(.incomplete(at: 0), base: cut, encoding: encoding) }
    }
}

extension TextEncoding {
    fileprivate func result(of bytes: UnsafeBufferPointer<UInt8>) -> Result<Void, Fault> {
        do throws(Fault) {
            try check(bytes)
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    static func hasOnlyASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { endOfASCII(bytes, from: 0) == bytes.count }
}
