/// The blanks that exports put around values: space, tab, line ends, no-break and ideographic space, zero-width space, byte
/// order mark.
enum Blanks {
    /// The part of the text that is left without the blanks at both ends.
    static func trimmed(_ text: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var start = 0
        var end = text.count
        while start < end {
            let length = blankLength(text, at: start, before: end)
            if length == 0 { break }
            start += length
        }
        while start < end {
            let length = blankLength(text, endingAt: end, notBefore: start)
            if length == 0 { break }
            end -= length
        }
        return start..<end
    }

    static func trimmed(_ text: [UInt8]) -> Range<Int> { text.withUnsafeBufferPointer(trimmed) }

    /// How many bytes the blank at this place has; 0 when there is none.
    static func blankLength(_ text: UnsafeBufferPointer<UInt8>, at start: Int, before end: Int) -> Int {
        let byte = text[start]
        if byte == 0x20 || byte >= 0x09 && byte <= 0x0D { return 1 }
        if byte < 0xC2 { return 0 }
        if byte == 0xC2 { return start + 1 < end && text[start + 1] == 0xA0 ? 2 : 0 }
        guard start + 2 < end, byte == 0xE3 || byte == 0xE2 || byte == 0xEF else { return 0 }
        return isWideBlank(byte, text[start + 1], text[start + 2]) ? 3 : 0
    }

    private static func blankLength(
        _ text: UnsafeBufferPointer<UInt8>, endingAt end: Int, notBefore start: Int
    ) -> Int {
        let last = text[end - 1]
        if last < 0x80 { return last == 0x20 || last >= 0x09 && last <= 0x0D ? 1 : 0 }
        if end - start >= 2, text[end - 2] == 0xC2 { return last == 0xA0 ? 2 : 0 }
        return end - start >= 3 && isWideBlank(text[end - 3], text[end - 2], last) ? 3 : 0
    }

    private static func isWideBlank(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        (first == 0xE3 && second == 0x80 && third == 0x80) || (first == 0xE2 && second == 0x80 && third == 0x8B)
            || (first == 0xEF && second == 0xBB && third == 0xBF)
    }
}
