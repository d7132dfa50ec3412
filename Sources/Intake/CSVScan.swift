#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One cell as it stands in a row's bytes.
struct CellSpan {
    var start: Int
    var end: Int
    /// The span is what is between the quotes, in which a quote stands twice.
    var hasDoubledQuotes = false
}

/// What stands between two cells. Each is a byte that no character of more bytes has in UTF-8 or GB 18030.
public enum CSVSeparator: UInt8, Sendable, Hashable, CaseIterable {
    case comma = 0x2C
    case semicolon = 0x3B
    case tab = 0x09
}

/// Cuts one row of RFC 4180 from bytes. Works on the source's own encoding: in UTF-8 and in GB 18030 no byte of a
/// multi-byte character is a quote, a comma or a line end.
///
/// More lenient than the RFC in two things: a line may end with LF alone, and a quote inside an unquoted field is a
/// character like any other.
struct CSVScan {
    enum Outcome: Equatable {
        /// The row takes `length` bytes, `contentEnd` of them before its line end.
        case row(length: Int, contentEnd: Int)
        case needsMore
        /// The bytes end within the quoted field that begins here.
        case openQuote(at: Int)
    }

    private(set) var cells: [CellSpan] = []
    private(set) var fault: RowFault?
    private let limits: IntakeLimits
    private let separator: UInt8
    /// No byte above it ends a field.
    private let highest: UInt8

    init(separator: CSVSeparator, limits: IntakeLimits) {
        self.limits = limits
        self.separator = separator.rawValue
        highest = max(separator.rawValue, 0x22)
    }

    mutating func row(in bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Outcome {
        cells.removeAll(keepingCapacity: true)
        fault = nil
        var position = 0
        while true {
            let start = position
            var hasQuotes = false
            var span = CellSpan(start: start, end: start)
            if position < bytes.count, bytes[position] == 0x22 {
                guard let close = Self.closingQuote(in: bytes, after: start, isLast: isLast, &hasQuotes) else {
                    return isLast ? .openQuote(at: start) : .needsMore
                }
                span = CellSpan(start: start + 1, end: close, hasDoubledQuotes: hasQuotes)
                position = close + 1
            }
            let textStart = position
            guard let end = fieldEnd(in: bytes, from: position, isLast: isLast) else { return .needsMore }
            if position > start {
                if end > textStart { fault = fault ?? .textAfterQuote }
            } else {
                span.end = end
            }
            add(span)
            if end < bytes.count, bytes[end] == separator {
                position = end + 1
                continue
            }
            return .row(length: end + Self.lineEndLength(in: bytes, at: end), contentEnd: end)
        }
    }

    /// Forgets the cells after the first `count`.
    mutating func keepCells(_ count: Int) { cells.removeLast(cells.count - count) }

    /// The row at hand is longer than the limit.
    mutating func giveUpRow() {
        cells.removeAll(keepingCapacity: true)
        fault = .rowTooLong(limit: limits.rowBytes)
    }

    private mutating func add(_ span: CellSpan) {
        if cells.count == limits.cells {
            fault = fault ?? .tooManyCells(limit: limits.cells)
            return
        }
        if span.end - span.start > limits.cellBytes { fault = fault ?? .cellTooLong(limit: limits.cellBytes) }
        cells.append(span)
    }

    /// The separator or line end at or after `start`, or the end of the file.
    @inline(__always)
    private func fieldEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, isLast: Bool) -> Int? {
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte > highest {
                position += 1
                continue
            }
            if byte == separator || byte == 0x0A { return position }
            if byte == 0x0D {
                guard position + 1 < bytes.count else { return isLast ? position : nil }
                if bytes[position + 1] == 0x0A { return position }
            }
            position += 1
        }
        return isLast ? position : nil
    }

    private static func lineEndLength(in bytes: UnsafeBufferPointer<UInt8>, at end: Int) -> Int {
        guard end < bytes.count else { return 0 }
        return bytes[end] == 0x0D && end + 1 < bytes.count ? 2 : 1
    }

    /// The quote that closes the field whose opening quote is at `start`. Nil when it is not among the bytes, or cannot be
    /// told from a doubled one yet.
    private static func closingQuote(
        in bytes: UnsafeBufferPointer<UInt8>, after start: Int, isLast: Bool, _ hasDoubled: inout Bool
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var position = start + 1
        while position < bytes.count, let found = memchr(base + position, 0x22, bytes.count - position) {
            let quote = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            guard quote + 1 < bytes.count else { return isLast ? quote : nil }
            guard bytes[quote + 1] == 0x22 else { return quote }
            hasDoubled = true
            position = quote + 2
        }
        return nil
    }
}
