import Foundation

/// What is printed at the end.
struct Report: Encodable {
    private let method = "median of \(Figure.runCount) interleaved runs; a ratio is the median of the runs' own ratios"
    private let cores = ProcessInfo.processInfo.activeProcessorCount
    private let folder = FileManager.default.temporaryDirectory.path
    private let figures: [Figure]

    init(_ figures: [Figure]) { self.figures = figures }

    func print(json: Bool) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
            return
        }
        Swift.print("On \(cores) cores, files in \(folder): the \(method).\n")
        for figure in figures { Swift.print(line(figure)) }
    }

    private func line(_ figure: Figure) -> String {
        let name = figure.name.padding(toLength: 64, withPad: " ", startingAt: 0)
        let median = figure.text(figure.median)
        let gap = String(repeating: " ", count: max(1, 12 - median.count))
        let runs = figure.runs.count > 1 ? "(" + figure.runs.map { figure.text($0) }.joined(separator: "  ") + ")" : ""
        let rest = [runs, figure.judgement].filter { !$0.isEmpty }.joined(separator: "   ")
        return "\(figure.stage)  \(name)\(gap)\(median)   \(rest)"
    }
}
