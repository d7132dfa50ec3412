import Intake

/// A reader of whatever format at its place in a file. It is called for each row where it lies: an existential that a class
/// keeps would be copied out and back, with a count for each of the reader's buffers.
class OpenReader {
    static func holding(_ reader: some RowReader) -> OpenReader { Held(reader) }

    /// As ``RowReader/next(into:)``.
    func next(into row: inout RowBuffer) throws(IntakeError) -> Bool { false }

    /// As ``RowReader/skippedRows``.
    var skippedRows: Int { 0 }

    private final class Held<Reader: RowReader>: OpenReader {
        private var reader: Reader

        init(_ reader: Reader) { self.reader = reader }

        override func next(into row: inout RowBuffer) throws(IntakeError) -> Bool { try reader.next(into: &row) }

        override var skippedRows: Int { reader.skippedRows }
    }
}
