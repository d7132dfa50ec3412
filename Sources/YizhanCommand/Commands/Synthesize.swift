import ArgumentParser
import Foundation
import Gateway
import Interchange
import Synthesis

struct Synthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes an export of persons who do not exist, with what intake owes each row.",
        discussion: """
            For tests, demonstrations and load. The same arguments give the same bytes on every machine. Persons come from
            where the model of flows has them come from; numbers, names, divisions and dates agree until a defect is
            planted. With the same seed, departure, relocation and permit n are about the person of arrival n, and pass
            intake when it does.

            How to tell: digits 15 to 17 of numbers are 996 to 999, telephones begin with 000, employers are called 合成数据.
            A number can by chance be somebody's all the same: keep such files out of real registers.

            Layouts for --like: \(ExportLayout.names.joined(separator: ", ")).
            Defects for --defects: \(Defect.allCases.map(\.rawValue).joined(separator: ", ")).
            Example: yizhan synthesize --rows 5000 --seed 7 --like shanghai-arrivals --output synthetic.csv --truth truth.jsonl
            """)

    @Option(help: "How many rows.") var rows = 1_000
    @Option(help: "0 to 18446744073709551615.") var seed: UInt64 = 1
    @Option(help: "The export that it looks like: format, encoding and province at once.") var like =
        "guangdong-arrivals"
    @Option(help: "One of \(Self.names(ExportLayout.kinds)). Default: arrival.", transform: Self.kind)
    var kind: Kind = .arrival
    @Option(help: "The register's province, two digits, instead of the layout's.") var province: Province?
    @Option(
        help: "One of \(Self.names(ExportLayout.Format.allCases)), instead of the layout's.", transform: Self.choice)
    var format: ExportLayout.Format?
    @Option(
        help: "One of \(Self.names(ExportLayout.Encoding.allCases)), instead of the layout's.", transform: Self.choice)
    var encoding: ExportLayout.Encoding?
    @Option(help: "The share of rows with a defect, 0 to 1, or of each defect: order=0.01,checksum=0.002.")
    var defects = "0.16"
    @Option(
        help:
            "The last day of which the export tells, YYYY-MM-DD; arrivals lie in the ten years before. Default: 2026-06-30.",
        transform: Self.day)
    var until: CivilDate = SynthesisPlan.usualLastDay
    @Option(help: "Where the export goes; without it, to standard output.") var output: String?
    @Option(help: "Where a line of JSON for each row goes: outcome and codes owed, values of the record.")
    var truth: String?
    @Option(help: "Where a mapping goes that fits.") var mapping: String?

    func validate() throws {
        let paths = [output, truth, mapping].compactMap(\.self)
        guard Set(paths).count == paths.count else {
            throw ValidationError("Two of --output, --truth and --mapping name one file.")
        }
    }

    func run() throws {
        let plan: SynthesisPlan
        let synthesizer: Synthesizer
        do {
            plan = SynthesisPlan(
                layout: try layout(), seed: seed, rows: rows, defects: try DefectRates(defects), lastDay: until)
            synthesizer = try Synthesizer(plan)
        } catch let error as SynthesisError {
            throw ValidationError(error.description)
        }
        Terminal.complain(
            "note: synthetic data, no person in it exists; seed \(seed), generator \(Synthesizer.version)")
        if let mapping { try MadeFile(path: mapping).end(with: Array(plan.layout.mapping.utf8)) }
        try write(synthesizer)
    }

    private func write(_ made: Synthesizer) throws {
        var synthesizer = made
        let exportFile = try output.map { try MadeFile(path: $0) } ?? MadeFile.standardOutput
        let truthFile = try truth.map { try MadeFile(path: $0) }
        var export: [UInt8] = []
        var lines: [UInt8] = []
        while truthFile == nil ? synthesizer.next(into: &export) : synthesizer.next(into: &export, truth: &lines) {
            try exportFile.take(&export)
            try truthFile?.take(&lines)
        }
        try exportFile.end(with: export)
        try truthFile?.end(with: lines)
    }

    private func layout() throws -> ExportLayout {
        guard var layout = ExportLayout(like: like) else {
            throw ValidationError(
                "There is no layout \(like). Choose one of \(ExportLayout.names.joined(separator: ", ")).")
        }
        layout.kind = kind
        layout.province = province ?? layout.province
        layout.format = format ?? layout.format
        let isJSON = layout.format == .json || layout.format == .ndjson
        layout.encoding = encoding ?? (isJSON ? .utf8 : layout.encoding)
        return layout
    }

    private static func names(_ all: [some RawRepresentable<String>]) -> String {
        all.map(\.rawValue).joined(separator: ", ")
    }

    private static func kind(_ name: String) throws -> Kind {
        guard let kind = Kind(rawValue: name), ExportLayout.kinds.contains(kind) else {
            throw ValidationError("Choose one of \(names(ExportLayout.kinds)).")
        }
        return kind
    }

    private static func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Value {
        guard let value = Value(rawValue: name) else {
            throw ValidationError("Choose one of \(names(Array(Value.allCases))).")
        }
        return value
    }

    private static func day(_ text: String) throws -> CivilDate {
        guard let day = CivilDate(text) else { throw ValidationError("Write the day as 2026-06-30.") }
        return day
    }
}

/// A file that is written in pieces of 1 MiB.
private struct MadeFile {
    private let handle: FileHandle
    private let name: String

    static let standardOutput = MadeFile(handle: .standardOutput, name: "standard output")

    private init(handle: FileHandle, name: String) {
        self.handle = handle
        self.name = name
    }

    /// - Throws: ``GatewayError`` when the file cannot be made.
    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw GatewayError(.file, "\(path) cannot be written", remedy: "check the folder") }
        self.init(handle: handle, name: path)
    }

    /// Writes the bytes, and empties them, once there are enough.
    func take(_ bytes: inout [UInt8]) throws {
        guard bytes.count >= 1 << 20 else { return }
        try end(with: bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    func end(with bytes: [UInt8]) throws {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw GatewayError(.file, "\(name) cannot be written", remedy: "check the space left on the disk")
        }
    }
}
