/// Rows that are and are not what the mapping says. A few that are not spoil themselves only; a file in which they are the
/// greater part is another file than the mapping describes and is refused whole.
struct RowTally {
    private(set) var agreeing = 0
    private(set) var disagreeing = 0
    /// Why the file would be refused: the first disagreement.
    private var first: IntakeError?

    mutating func agree() { agreeing += 1 }

    mutating func disagree(_ reason: @autoclosure () -> IntakeError) {
        if first == nil { first = reason() }
        disagreeing += 1
    }

    /// - Throws: the first disagreement, when more rows disagree than agree.
    func judge() throws(IntakeError) {
        if let first, disagreeing > agreeing { throw first }
    }
}

extension RowTally {
    /// Counts one row's text. Rows of ASCII alone say nothing about the encoding.
    ///
    /// - Parameters:
    ///   - base: where in the file the bytes begin.
    mutating func count(text bytes: UnsafeBufferPointer<UInt8>, as encoding: TextEncoding, base: Int) {
        do throws(TextEncoding.Fault) {
            try encoding.check(bytes)
            if TextEncoding.hasOnlyASCII(bytes) { return }
            agree()
        } catch {
            // A character that ends early inside the file is not the end of the file.
            disagree(.fault(.invalid(at: error.offset), base: base, encoding: encoding))
        }
    }
}
