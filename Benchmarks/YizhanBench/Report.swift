import Foundation

/// One measured quantity.
struct Figure: Encodable {
    enum Unit: String, Encodable {
        case perSecond, share, ratio
    }

    /// How often everything is measured.
    static let runCount = 3

    let stage: Int
    let name: String
    let unit: Unit
    let median: Double
    let runs: [Double]

    init(_ stage: Int, _ name: String, _ unit: Unit, _ runs: [Double]) {
        self.stage = stage
        self.name = name
        self.unit = unit
        self.runs = runs.map { unit == .perSecond ? $0.rounded() : ($0 * 10_000).rounded() / 10_000 }
        median = self.runs.sorted()[runs.count / 2]
    }

    /// The runs' own ratios: what took turns is compared.
    init(_ stage: Int, _ name: String, _ runs: [Double], to floor: [Double]) {
        self.init(stage, name, .ratio, zip(runs, floor).map { $0 / $1 })
    }

    func text(_ value: Double) -> String {
        switch unit {
        case .perSecond: Self.grouped(Int(value))
        case .share: String(format: "%.1f %%", value * 100)
        case .ratio: String(format: "%.3f", value)
        }
    }

    /// 12345 as `12,345`.
    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        var out = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return out
    }
}

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
        let name = figure.name.padding(toLength: 56, withPad: " ", startingAt: 0)
        let median = figure.text(figure.median)
        let gap = String(repeating: " ", count: max(1, 12 - median.count))
        let runs = figure.runs.map { figure.text($0) }.joined(separator: "  ")
        return "\(figure.stage)  \(name)\(gap)\(median)   (\(runs))"
    }
}

/// Time on the wall since it was made.
struct Stopwatch {
    private let start = ContinuousClock.now

    var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
