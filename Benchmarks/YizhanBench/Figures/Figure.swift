import Foundation

/// One measured quantity, and what is owed of it.
struct Figure: Encodable {
    enum Unit: String, Encodable {
        case perSecond, share, ratio, microseconds, milliseconds, seconds, mebibytes
    }

    /// How often everything is measured.
    static let runCount = 3

    let stage: Int
    let name: String
    let unit: Unit
    let median: Double
    let runs: [Double]
    let owed: Owed?
    /// Nil when nothing is owed.
    let isMet: Bool?

    init(_ stage: Int, _ name: String, _ unit: Unit, _ runs: [Double], owed: Owed? = nil) {
        self.stage = stage
        self.name = name
        self.unit = unit
        self.runs = runs.map { unit == .perSecond ? $0.rounded() : ($0 * 10_000).rounded() / 10_000 }
        median = self.runs.sorted()[runs.count / 2]
        self.owed = owed
        isMet = owed.map { [median] in $0.isMet(by: median) }
    }

    /// The runs' own ratios: what took turns is compared.
    init(_ stage: Int, _ name: String, _ runs: [Double], to floor: [Double], owed: Owed? = nil) {
        self.init(stage, name, .ratio, zip(runs, floor).map { $0 / $1 }, owed: owed)
    }

    func text(_ value: Double) -> String {
        switch unit {
        case .perSecond: Self.grouped(Int(value))
        case .share: String(format: "%.1f %%", value * 100)
        case .ratio: String(format: "%.3f", value)
        case .microseconds: String(format: "%.1f µs", value)
        case .milliseconds: String(format: "%.2f ms", value)
        case .seconds: String(format: "%.1f s", value)
        case .mebibytes: String(format: "%.0f MiB", value)
        }
    }

    /// `owed at least 3.000, aimed at 8.000: not met`; empty when nothing is owed.
    var judgement: String {
        guard let owed, let isMet else { return "" }
        let bound = owed.bound == .atLeast ? "at least" : "at most"
        let aim = owed.aim.map { ", aimed at \(text($0))" } ?? ""
        return "owed \(bound) \(text(owed.value))\(aim): \(isMet ? "met" : "NOT MET")"
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

/// What the project promised of a figure.
struct Owed: Encodable {
    enum Bound: String, Encodable { case atLeast, atMost }

    let bound: Bound
    let value: Double
    /// Beyond what is owed; nil when there is none.
    let aim: Double?

    static func atLeast(_ value: Double, aim: Double? = nil) -> Owed { Owed(bound: .atLeast, value: value, aim: aim) }
    static func atMost(_ value: Double) -> Owed { Owed(bound: .atMost, value: value, aim: nil) }

    func isMet(by figure: Double) -> Bool { bound == .atLeast ? figure >= value : figure <= value }
}
