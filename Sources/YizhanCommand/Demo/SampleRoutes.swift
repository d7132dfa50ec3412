import Foundation
import Gateway
import Intake
import Interchange
import Mapping

/// Where the sample's rows go: computed here by the same mapping, so that the gateways' counts can be held against it.
struct SampleRoutes {
    struct Arrival: Equatable {
        /// Cells of the export, as a register would export the departure with them.
        var cells: [String: String]
        var number: String
    }

    /// Arrivals of the sample that pass and whose home is Henan.
    let toHenan: [Arrival]

    /// Every fourth of them leaves again.
    var leaving: [Arrival] { toHenan.enumerated().filter { $0.offset % 4 == 3 }.map(\.element) }

    init(file: String, mapping path: String) throws {
        let mapping = try MappingLibrary.compile(file: path)
        let context = TransformContext(
            gateway: nil, recordKey: TransformContext.publishedTestKey, clock: { Instant.now() })
        let stream = try Transformer(mapping, context: context).open(try FileSource(path: file))
        var reader = try CSVReader(
            input: try FileSource(path: file), encoding: mapping.source.encoding, header: mapping.source.header)
        let everyColumn = reader.columns.map { _ in true }
        reader.follow(ReadingPlan(decoded: everyColumn, withheld: everyColumn.map { _ in false }))
        var cells = RowBuffer()
        var found: [Arrival] = []
        while let row = try stream.next(), try reader.next(into: &cells) {
            guard let draft = row.draft, draft.to.number == 41, let subject = draft.subject else { continue }
            let texts = cells.bounds.map { String(decoding: cells.bytes[$0], as: UTF8.self) }
            found.append(
                Arrival(
                    cells: Dictionary(zip(reader.columns, texts)) { first, _ in first },
                    number: String(decoding: subject, as: UTF8.self)))
        }
        toHenan = found
    }

    /// The export of those who left, in the columns of the departures' mapping.
    func departures() -> Data {
        let copied = ["姓名", "性别", "出生日期", "证件类型", "证件号码", "户籍地区划", "来本地日期"]
        let today = Instant.now().dayInShanghai
        var text = "序号," + copied.joined(separator: ",") + ",离开日期,离开原因\r\n"
        for (place, arrival) in leaving.enumerated() {
            let cells = copied.map { arrival.cells[$0] ?? "" }
            text += "\(place + 1)," + cells.joined(separator: ",") + ",\(today),返乡\r\n"
        }
        return Data(text.utf8)
    }
}
