/// Texts that recur, each kept as the export writes it and as the truth does. They are encoded once, so that no row is.
struct Phrases: Sendable {
    /// Number of a phrase.
    typealias ID = Int32

    private let encoding: ExportText
    private var written: [UInt8] = []
    private var writtenEnds: [Int] = [0]
    private var plain: [UInt8] = []
    private var plainEnds: [Int] = [0]
    private var known: [String: ID] = [:]

    init(_ encoding: ExportText) { self.encoding = encoding }

    mutating func add(_ text: some StringProtocol) -> ID {
        let text = String(text)
        if let id = known[text] { return id }
        encoding.append(text, to: &written)
        writtenEnds.append(written.count)
        plain.append(contentsOf: text.utf8)
        plainEnds.append(plain.count)
        let id = ID(plainEnds.count - 2)
        known[text] = id
        return id
    }

    /// As the export writes it.
    @inline(__always)
    func append(_ id: ID, to out: inout [UInt8]) {
        out.append(contentsOf: written[writtenEnds[Int(id)]..<writtenEnds[Int(id) + 1]])
    }

    /// In UTF-8.
    @inline(__always)
    func appendPlain(_ id: ID, to out: inout [UInt8]) {
        out.append(contentsOf: plain[plainEnds[Int(id)]..<plainEnds[Int(id) + 1]])
    }
}
