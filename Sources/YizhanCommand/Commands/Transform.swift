import ArgumentParser
import Foundation
import Gateway
import Intake
import Interchange
import JSONTape
import Mapping

struct Transform: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Maps and validates a file: envelopes of the rows that pass to standard output, as NDJSON.",
        discussion: """
            Nothing is kept or sent. The report has a JSON object for each row read, in order: row, outcome, codes,
            violations. Exit status 1 when a row did not pass.
            Example: yizhan transform --mapping mappings/guangdong-arrivals.yaml --report report.jsonl arrivals.csv
            """)

    @Option(help: "The mapping's file.") var mapping: String
    @Option(help: "Where the report goes.") var report: String?
    @Option(help: "A gateway's configuration, for its key of record ids; without it a published test key is used.")
    var config: String?
    @Argument(help: "The export.") var input: String

    func run() throws {
        let compiled = try MappingLibrary.compile(file: mapping)
        let stream = try Transformer(compiled, context: try context()).open(try FileSource(path: input))
        let out = LineWriter(.standardOutput)
        let reports = try report.map { try LineWriter(path: $0) }
        var random = SystemRandomNumberGenerator()
        while let row = try stream.next() {
            if let draft = row.draft {
                let id = MessageID(at: draft.issuedAt, using: &random)
                out.write(draft.line(id: id, version: 1, salt: (random.next(), random.next())))
            }
            reports?.write(row.report)
        }
        out.close()
        reports?.close()
        if stream.counts.quarantined > 0 { throw ExitCode(1) }
    }

    private func context() throws -> TransformContext {
        guard let config else {
            Terminal.complain(
                "note: without --config a published test key makes the record ids; they are for trials only")
            return TransformContext(
                gateway: nil, recordKey: TransformContext.publishedTestKey, clock: { Instant.now() })
        }
        let configuration = try GatewayConfiguration(file: config)
        return TransformContext(
            gateway: configuration.province, recordKey: try KeyMaterial(configuration).record, clock: { Instant.now() },
            codeLists: try CodeLists.standard(adding: configuration.divisionsExtra))
    }
}

extension TransformedRow {
    /// The row's object of the report.
    var report: [UInt8] {
        var out = Array("{\"row\":\(row),\"outcome\":\"\(outcome.rawValue)\",\"codes\":[".utf8)
        out.append(contentsOf: codes.map { "\"\($0.rawValue)\"" }.joined(separator: ",").utf8)
        out.append(contentsOf: "],\"violations\":[".utf8)
        for (place, entry) in violations.enumerated() {
            if place > 0 { out.append(0x2C) }
            entry.append(to: &out)
        }
        out.append(contentsOf: "]}".utf8)
        return out
    }
}

extension RowViolation {
    func append(to out: inout [UInt8]) {
        out.append(contentsOf: "{\"code\":\"\(violation.code.rawValue)\",\"pointer\":".utf8)
        out.append(jsonString: violation.pointer)
        if let column {
            out.append(contentsOf: ",\"column\":".utf8)
            out.append(jsonString: column)
        }
        violation.appendWords(to: &out)
        out.append(0x7D)
    }
}

extension Violation {
    /// Severity, message and remedy in both languages, each after a comma.
    func appendWords(to out: inout [UInt8]) {
        for (name, text) in [
            ("severity", severity.rawValue), ("message", self.text.message.english),
            ("messageZh", self.text.message.chinese), ("remedy", self.text.remedy.english),
            ("remedyZh", self.text.remedy.chinese),
        ] {
            out.append(contentsOf: ",\"\(name)\":".utf8)
            out.append(jsonString: text)
        }
    }
}

/// Writes lines through a buffer of 1 MiB.
final class LineWriter {
    private let handle: FileHandle
    private var buffer: [UInt8] = []

    init(_ handle: FileHandle) { self.handle = handle }

    /// - Throws: ``GatewayError`` when the file cannot be made.
    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw GatewayError(.file, "\(path) cannot be written", remedy: "check the folder") }
        self.handle = handle
    }

    func write(_ line: [UInt8]) {
        buffer.append(contentsOf: line)
        buffer.append(0x0A)
        if buffer.count > 1 << 20 { flush() }
    }

    func close() { flush() }

    private func flush() {
        handle.write(Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }
}
