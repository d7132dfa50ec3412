/// The pass over a whole file that comes before its first row is taken: every byte must be text of the encoding, and no
/// quoted field may be open at the end.
struct FileCheck {
    private let encoding: TextEncoding
    private var tracker: QuoteTracker
    private let quotesFrom: Int

    init(encoding: TextEncoding, quotesFrom: Int) {
        self.encoding = encoding
        self.quotesFrom = quotesFrom
        tracker = QuoteTracker(offset: quotesFrom)
    }

    consuming func run(over window: inout ByteWindow) throws(IntakeError) {
        repeat {
            try window.fill()
            let checked = try Self.check(window, encoding)
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
    static func settle(
        _ declared: SourceEncoding, in window: inout ByteWindow
    ) throws(IntakeError) -> (encoding: TextEncoding, markLength: Int) {
        while window.count < 4, !window.isLast { try window.fill() }
        if window.count == 0 { throw .empty(at: 0) }
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
        case .auto: return (try detect(in: &window), 0)
        }
    }

    private static func detect(in window: inout ByteWindow) throws(IntakeError) -> TextEncoding {
        do {
            try checkAll(of: &window, as: .utf8)
            return .utf8
        } catch {
            if error.code == .unreadable || error.code == .limit { throw error }
            try window.rewind()
            try checkAll(of: &window, as: .gb18030)
            return .gb18030
        }
    }

    private static func checkAll(of window: inout ByteWindow, as encoding: TextEncoding) throws(IntakeError) {
        repeat {
            window.consume(try FileCheck.check(window, encoding))
            try window.fill()
        } while !window.isLast || window.count > 0
    }
}
