import SynthesisData

/// A file of `data/synthesis`: tab-separated, remarks after `#`, then a line of column names.
struct DataFile {
    let rows: [[Substring]]

    static let flows = DataFile(synthesis_flows())
    static let surnames = DataFile(synthesis_surnames())
    static let givenNames = DataFile(synthesis_given_names())
    static let otherNames = DataFile(synthesis_other_names())
    static let ethnicities = DataFile(synthesis_ethnicities())

    private init(_ file: SynthesisFile) {
        let text = String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
        rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    }
}
