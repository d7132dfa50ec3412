/// The pass over a whole file that comes before its first row is taken: its bytes must be text of the encoding, and no
/// quoted field may be open at the end.
struct FileCheck {
    /// Nil when the text was looked at already.
    private let encoding: TextEncoding?
    private var tracker: QuoteTracker
    private let quotesFrom: Int

    private init(encoding: TextEncoding?, quotesFrom: Int, separator: CSVSeparator) {
        self.encoding = encoding
        self.quotesFrom = quotesFrom
        tracker = QuoteTracker(offset: quotesFrom, separator: separator)
    }

    /// Lines that are not text of the encoding spoil themselves, as long as they are not the greater part.
    ///
    /// - Parameters:
    ///   - window: at the file's first byte; at its end afterwards.
    ///   - quotesFrom: where the first row begins.
    /// - Throws: ``IntakeError``: `encoding`, `truncated`, `unreadable`.
    static func run(
        over window: inout ByteWindow, encoding: TextEncoding, quotesFrom: Int, separator: CSVSeparator
    ) throws(IntakeError) {
        do throws(IntakeError) {
            try FileCheck(encoding: encoding, quotesFrom: quotesFrom, separator: separator).run(over: &window)
        } catch {
            guard error.code == .encoding else { throw error }
            try window.rewind()
            try EncodingSurvey(of: &window, as: encoding).judge(encoding)
            try window.rewind()
            try FileCheck(encoding: nil, quotesFrom: quotesFrom, separator: separator).run(over: &window)
        }
    }

    private consuming func run(over window: inout ByteWindow) throws(IntakeError) {
        repeat {
            try window.fill()
            var checked = window.count
            if let encoding { checked = try Self.check(window, encoding) }
            let skipped = min(checked, max(0, quotesFrom - window.offset))
            window.withBytes { bytes in
                _ = tracker.advance(over: UnsafeBufferPointer(rebasing: bytes[skipped..<checked]), stopsAtRow: false)
            }
            window.consume(checked)
        } while !window.isLast
        if tracker.isInside { throw .openQuote(at: tracker.opened) }
    }

    /// How many bytes are whole characters. A character that the chunk cuts waits for the next chunk.
    static func check(_ window: ByteWindow, _ encoding: TextEncoding) throws(IntakeError) -> Int {
        do throws(TextEncoding.Fault) {
            try window.withBytes { bytes throws(TextEncoding.Fault) in try encoding.check(bytes) }
            return window.count
        } catch {
            if case .incomplete(let at) = error, !window.isLast { return at }
            throw .fault(error, base: window.offset, encoding: encoding)
        }
    }
}

/// Which encoding a file has, and how long its byte order mark is.
enum EncodingDetection {
    /// - Parameter mark: the byte that ends a line, an element or a value: what is judged by itself when the bytes are not
    ///   all of one encoding.
    static func settle(
        _ declared: SourceEncoding, in window: inout ByteWindow, mark: UInt8 = 0x0A
    ) throws(IntakeError) -> (encoding: TextEncoding, markLength: Int) {
        while window.count < 4, !window.isLast { try window.fill() }
        if window.count == 0 { throw .noBytes(at: 0) }
        let front = window.withBytes { Array($0.prefix(4)) }
        if front.starts(with: [0xFF, 0xFE]) || front.starts(with: [0xFE, 0xFF]) { throw .utf16 }
        if front.starts(with: [0xEF, 0xBB, 0xBF]) {
            if declared == .gb18030 { throw .markOfOther(.utf8, declared: .gb18030) }
            return (.utf8, 3)
        }
        if front == [0x84, 0x31, 0x95, 0x33] {
            if declared == .utf8 { throw .markOfOther(.gb18030, declared: .utf8) }
            return (.gb18030, 4)
        }
        switch declared {
        case .utf8: return (.utf8, 0)
        case .gb18030: return (.gb18030, 0)
        case .auto: return (try detect(in: &window, mark), 0)
        }
    }

    private static func detect(in window: inout ByteWindow, _ mark: UInt8) throws(IntakeError) -> TextEncoding {
        do {
            try checkAll(of: &window, as: .utf8)
            return .utf8
        } catch {
            if error.code == .unreadable || error.code == .limit { throw error }
        }
        try window.rewind()
        do {
            try checkAll(of: &window, as: .gb18030)
            return .gb18030
        } catch {
            if error.code == .unreadable || error.code == .limit { throw error }
        }
        return try nearest(in: &window, mark)
    }

    /// The encoding that fewer lines disagree with, when some lines agree with neither.
    private static func nearest(in window: inout ByteWindow, _ mark: UInt8) throws(IntakeError) -> TextEncoding {
        try window.rewind()
        let utf8 = try EncodingSurvey(of: &window, as: .utf8, mark: mark)
        try window.rewind()
        let gb18030 = try EncodingSurvey(of: &window, as: .gb18030, mark: mark)
        return utf8.tally.disagreeing < gb18030.tally.disagreeing ? .utf8 : .gb18030
    }

    private static func checkAll(of window: inout ByteWindow, as encoding: TextEncoding) throws(IntakeError) {
        repeat {
            window.consume(try FileCheck.check(window, encoding))
            try window.fill()
        } while !window.isLast || window.count > 0
    }
}
