/// A text that is parsed, with the scans that write nothing.
///
/// `bytes` is followed by at least 16 zeros, so that no scan needs to look for the end: a zero is nowhere JSON.
struct TapeText {
    let bytes: UnsafePointer<UInt8>
    /// Length in bytes.
    let end: Int

    @inline(__always)
    func skipBlanks(from start: Int) -> Int {
        var position = start
        while bytes[position] <= 0x20, Self.isBlank(bytes[position]) { position &+= 1 }
        return position
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Skips the byte and the blanks after it.
    @inline(__always)
    func skip(_ byte: UInt8, at position: Int) throws(JSONSyntaxError) -> Int {
        guard bytes[position] == byte else { throw unexpected(at: position) }
        return skipBlanks(from: position &+ 1)
    }

    func unexpected(at position: Int) -> JSONSyntaxError {
        error(position >= end ? .unexpectedEnd : .unexpectedByte, at: position)
    }

    func error(_ reason: JSONSyntaxError.Reason, at position: Int) -> JSONSyntaxError {
        JSONSyntaxError(offset: min(position, end), reason: reason)
    }

    @inline(__always)
    func isDigit(_ position: Int) -> Bool { bytes[position] &- 0x30 < 10 }

    /// Skips one digit or more.
    @inline(__always)
    func skipDigits(from start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        while isDigit(position) { position &+= 1 }
        guard position > start else { throw error(position >= end ? .unexpectedEnd : .invalidNumber, at: position) }
        return position
    }
}
