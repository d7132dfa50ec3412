import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Interchange
import Store

struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Writes the entries that match, newest first, as CSV or JSON. The export is itself entered in the log.",
        discussion: """
            CSV is safe to open in a spreadsheet: cells that could be formulas begin with an apostrophe. Each row says up to which
            checkpoint it was verified.
            Example: yizhan audit export --format csv --since 2026-06-01 --out june.csv --config gateway.yaml
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

    @OptionGroup var operating: OperatorOptions
    @OptionGroup var search: AuditSearchOptions
    @Option(help: "csv or json (one object a line).") var format = Format.csv
    @Option(help: "The file to write. Default: standard output.") var out: String?

    func run() async throws {
        let reader = try SQLiteReader(path: try operating.configuration.load().storePath)
        let filter = try await search.filter(reader)
        let subject = try search.readSubject()
        let sink = try out.map { try RowSink(path: $0) } ?? RowSink(.standardOutput)
        if format == .csv { sink.keep(Array((AuditRow.header + "\r\n").utf8)) }
        var before = search.before
        var count = 0
        repeat {
            let page = try await operating.perform(
                ReadAudit(
                    filter: filter, subject: subject, before: before, limit: ReadAudit.mostEntries,
                    format: format.rawValue))
            for entry in page.entries {
                let row = AuditRow(entry, verifiedTo: page.verifiedTo)
                try sink.write(Array((format == .csv ? row.csv + "\r\n" : row.json + "\n").utf8))
            }
            count += page.entries.count
            before = page.before
        } while before != nil
        try sink.close()
        Terminal.complain("\(Terminal.grouped(count)) entries")
    }
}

/// An entry as it is exported.
struct AuditRow {
    private let entry: ReadAudit.Answer.Entry
    private let verifiedTo: UInt64

    static let header =
        "sequence,time,event,organisation,person,purpose,case,subject,object,batch,outcome,evidence,detail,verifiedTo"

    init(_ entry: ReadAudit.Answer.Entry, verifiedTo: UInt64) {
        (self.entry, self.verifiedTo) = (entry, verifiedTo)
    }

    /// The checkpoint's size when the entry was shown to be under it; else empty.
    private var verified: String { entry.isVerified ? "\(verifiedTo)" : "" }

    var csv: String {
        guard let read = try? AuditEntry(decoding: Array(entry.text.utf8)) else {
            return "\(entry.sequence),,damaged" + String(repeating: ",", count: 11)
        }
        let details = read.details.pairs.map { "\($0.name.rawValue)=\($0.value)" }.joined(separator: "; ")
        let cells: [String?] = [
            "\(read.sequence)", Instant(milliseconds: read.time).description, read.event.rawValue,
            read.actor.organisation, read.actor.person, read.purpose, read.caseReference, read.subject?.base64,
            read.object?.base64, read.batch, read.outcome, read.evidence?.base64, details, verified,
        ]
        return cells.map { SafeCell($0 ?? "").description }.joined(separator: ",")
    }

    /// The stored object, and beside it what was verified.
    var json: String { #"{"entry":\#(entry.text),"verifiedTo":\#(entry.isVerified ? "\(verifiedTo)" : "null")}"# }
}

/// A CSV cell that no spreadsheet takes for a formula: one that begins with `= + - @`, tab or return gets an apostrophe.
struct SafeCell: CustomStringConvertible {
    let description: String

    init(_ text: String) {
        let isFormula = text.utf8.first.map { Array("=+-@\t\r".utf8).contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        let isPlain = safe.utf8.allSatisfy { $0 != 0x22 && $0 != 0x2C && $0 != 0x0A && $0 != 0x0D }
        description = isPlain ? safe : "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
