import Foundation
import Interchange
import Mapping
import Synthesis

/// The repository's files, found from this file.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Nil when there is no such file.
    static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}

/// An export and its truth, whole.
struct Made {
    var export: [UInt8] = []
    var truth: [UInt8] = []

    init(_ plan: SynthesisPlan) throws {
        var synthesizer = try Synthesizer(plan)
        while synthesizer.next(into: &export, truth: &truth) {}
    }

    init(
        like name: String = "shanghai-arrivals", kind: Kind = .arrival, format: ExportLayout.Format? = nil,
        seed: UInt64 = 7, rows: Int, defects: String = "0.16"
    ) throws {
        var layout = try Made.layout(like: name)
        layout.kind = kind
        layout.format = format ?? layout.format
        try self.init(SynthesisPlan(layout: layout, seed: seed, rows: rows, defects: try DefectRates(defects)))
    }

    static func layout(like name: String) throws -> ExportLayout {
        guard let layout = ExportLayout(like: name) else { throw NoSuchLayout(name: name) }
        return layout
    }

    struct NoSuchLayout: Error { var name: String }

    var text: String { String(decoding: export, as: UTF8.self) }

    /// Cells of a CSV in UTF-8, without names and total.
    var rows: [[String]] {
        text.components(separatedBy: "\r\n").dropFirst().dropLast(2).map { $0.components(separatedBy: ",") }
    }

    func truths() throws -> [Truth] {
        try truth.split(separator: 0x0A).map { try JSONDecoder().decode(Truth.self, from: Data($0)) }
    }
}

/// A line of the truth.
struct Truth: Decodable {
    var row: Int
    var defect: String
    var outcome: String
    var codes: [String]
    var name, sex, birthDate, idNumber, hukou: String?
    var residence, arrivalDate, registeredOn, reason: String?
    var departureDate, cause, fromDivision, toDivision, effectiveDate, status, issuedOn, since: String?
}

/// The members of an envelope that the truth tells about.
struct Envelope: Decodable {
    struct Person: Decodable { var name, sex, birthDate, idNumber, hukouDivision: String }
    struct Content: Decodable {
        var residenceDivision, arrivalDate, registeredOn, reason: String?
        var departureDate, cause, fromDivision, toDivision, effectiveDate, status, issuedOn, since: String?
    }
    var flags: [String]?
    var person: Person
    var content: Content
}

extension TransformContext {
    /// 2026-06-30T08:00:00Z, the last day of which synthetic exports tell.
    static let synthetic = TransformContext(
        gateway: nil, recordKey: TransformContext.publishedTestKey, clock: { Instant(seconds: 1_782_806_400) })
}
