#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Follows the quotes of a CSV file byte by byte, over any number of chunks, with the same reading as ``CSVScan``.
struct QuoteTracker {
    private enum State { case fieldStart, plain, quoted, afterQuote }

    private var state = State.fieldStart
    private var offset: Int
    /// Where the last quoted field began.
    private(set) var opened = 0

    private let separator: UInt8
    /// No byte above it changes the state to anything but plain.
    private let highest: UInt8

    /// - Parameter offset: where in the file the first byte is, at the beginning of a row.
    init(offset: Int, separator: CSVSeparator) {
        self.offset = offset
        self.separator = separator.rawValue
        highest = max(separator.rawValue, 0x22)
    }

    /// The bytes so far end inside a quoted field.
    var isInside: Bool { state == .quoted }

    /// Goes through the bytes up to their end or the first line end outside quotes. Returns how many it took, and whether a
    /// row ended there.
    mutating func advance(over bytes: UnsafeBufferPointer<UInt8>, stopsAtRow: Bool) -> (count: Int, rowEnded: Bool) {
        if !stopsAtRow, passesPlain(bytes) { return (bytes.count, false) }
        var state = state
        defer { self.state = state }
        for (position, byte) in bytes.enumerated() {
            if state == .quoted {
                if byte == 0x22 { state = .afterQuote }
                continue
            }
            if byte > highest {
                state = .plain
                continue
            }
            switch byte {
            case 0x22:
                if state == .fieldStart { opened = offset + position }
                state = state == .plain ? .plain : .quoted
            case separator: state = .fieldStart
            case 0x0A:
                state = .fieldStart
                if stopsAtRow {
                    offset += position + 1
                    return (position + 1, true)
                }
            default: state = .plain
            }
        }
        offset += bytes.count
        return (bytes.count, false)
    }

    /// Bytes without a quote change nothing but what the last of them leaves. False when there is one, or a field is open.
    private mutating func passesPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard state != .quoted, let base = bytes.baseAddress, let last = bytes.last,
            memchr(base, 0x22, bytes.count) == nil
        else { return false }
        state = last == separator || last == 0x0A ? .fieldStart : .plain
        offset += bytes.count
        return true
    }
}
