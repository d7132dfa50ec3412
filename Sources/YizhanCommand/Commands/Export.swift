import ArgumentParser
import Foundation
import Gateway
import Interchange
import Mapping

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes received records in the local system's format: a mapping read the other way.",
        discussion: """
            Reads envelopes, one to a line, and writes the mapping's kind in the mapping's format and encoding. \
            Where a code has several words in the mapping, the first is written. A record that the format cannot hold \
            is told on standard error, without its values, and left out.

            Exit status 0 done, 1 when records were left out, 2 when the mapping cannot be read outward.
            Example: yizhan export --mapping mappings/guangdong-arrivals.yaml received.ndjson --output received.csv
            """)

    @Option(help: "The mapping's file.") var mapping: String
    @Option(help: "Where the rows go, instead of standard output; made readable for its owner alone.")
    var output: String?
    @Flag(help: "Tell of records that are left out in JSON objects, one to a line.") var json = false
    @Argument(help: "Files of envelopes (NDJSON); standard input when there is none.") var files: [String] = []

    func run() throws {
        let outward = try MappingLibrary.compile(file: mapping).readOutward()
        let writer = outward.writer()
        guard output != nil || !writer.headTellsRows else {
            throw GatewayError(
                .mistakes, "a DBF file begins with the number of its rows, so it cannot go to standard output",
                remedy: "give --output FILE")
        }
        let lines =
            try files.isEmpty ? [LineReader(.standardInput, name: "standard input")] : files.map(LineReader.init)
        let sink = try output.map { try RowSink(path: $0) } ?? RowSink(.standardOutput)
        var export = ExportRun(rows: OutwardRows(outward), writer: writer, sink: sink, tellsJSON: json)
        try export.begin()
        for reader in lines { try export.write(reader) }
        try export.end(kind: outward.mapping.kind)
        if export.leftOut > 0 { throw ExitCode(1) }
    }
}

/// One run of `export` and its counts.
struct ExportRun {
    private let rows: OutwardRows
    private let writer: any RowWriter
    private let sink: RowSink
    private let tellsJSON: Bool
    private let today = Instant.now().dayInShanghai
    private var written = 0
    private var ofOtherKinds = 0
    private(set) var leftOut = 0

    init(rows: OutwardRows, writer: any RowWriter, sink: RowSink, tellsJSON: Bool) {
        (self.rows, self.writer, self.sink, self.tellsJSON) = (rows, writer, sink, tellsJSON)
    }

    func begin() throws { try sink.write(writer.head(rows: 0, today: today)) }

    mutating func write(_ reader: LineReader) throws {
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            do throws(OutwardError) {
                guard let cells = try rows.cells(of: line) else {
                    ofOtherKinds += 1
                    continue
                }
                let row = try writer.row(cells, isFirst: written == 0)
                written += 1
                sink.keep(row)
            } catch {
                leftOut += 1
                tell(error, reader.name, reader.number)
            }
            try sink.flushIfFull()
        }
    }

    func end(kind: Kind) throws {
        try sink.write(writer.tail())
        if writer.headTellsRows { try sink.rewriteFront(writer.head(rows: written, today: today)) }
        try sink.close()
        if ofOtherKinds > 0 {
            Terminal.complain(
                "note: passed over, of other kinds than \(kind.rawValue): \(Terminal.counted(ofOtherKinds, "envelope"))"
            )
        }
        for (path, count) in rows.withoutColumn.sorted(by: { $0.key < $1.key }) {
            Terminal.complain(
                "note: the mapping has no column for \(path), which stands in \(Terminal.counted(count, "record"))")
        }
        if leftOut > 0 {
            Terminal.complain("left out: \(Terminal.counted(leftOut, "record")); written: \(Terminal.grouped(written))")
        }
    }

    private func tell(_ error: OutwardError, _ file: String, _ line: Int) {
        guard tellsJSON else { return Terminal.complain("\(file):\(line): \(error)") }
        let report = LeftOut(
            file: file, line: line, code: error.code.rawValue, place: error.place, message: error.message,
            remedy: error.remedy)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let text = try? encoder.encode(report) { Terminal.complain(String(decoding: text, as: UTF8.self)) }
    }

    private struct LeftOut: Encodable {
        var file: String
        var line: Int
        var code: String
        var place: String?
        var message, remedy: String
    }
}

extension Terminal {
    /// `1 record`, `1,204 records`
    static func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
}
