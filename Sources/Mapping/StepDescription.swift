import Interchange

/// What the documentation says about a step; its table is generated from here.
public struct StepDescription: Sendable, Hashable {
    public let name: String
    /// What may be written after the step's name; nil when nothing may.
    public let argument: String?
    public let input: String
    public let output: String
    /// What is reported when the value cannot be read; the target then stays empty. Nil when the step cannot fail.
    public let failure: ViolationCode?
    /// Two different values can come out as one: the rule must say `lossy: true`.
    public let isLossy: Bool
    /// Whether what comes out can be written back in the source's form.
    public let hasInverse: Bool

    private init(
        _ name: String, _ input: String, _ output: String, argument: String? = nil, failure: ViolationCode? = nil,
        lossy: Bool = false, inverse: Bool = true
    ) {
        self.name = name
        self.argument = argument
        self.input = input
        self.output = output
        self.failure = failure
        isLossy = lossy
        hasInverse = inverse
    }

    public static let all: [StepDescription] = [
        .init("trim", "text", "the text without blanks (also U+00A0, U+3000, U+200B, U+FEFF) at both ends"),
        .init("halfWidth", "text", "U+FF01 to U+FF5E as ASCII, U+3000 as a space"),
        .init("upperCase", "text", "a to z as A to Z"),
        .init("nfc", "text", "the text in Unicode normalisation form C"),
        .init(
            "idNumber", "a document's number",
            "half-width, without leading apostrophes and outer blanks; x, × or * at the end as X. Never repaired further"
        ),
        .init(
            "personName", "a name",
            "NFC, half-width, without outer blanks, inside a Han name without any; U+30FB U+2022 U+FF0E U+2027 as U+00B7"
        ),
        .init(
            "date", "2020-01-31, 2020/1/31, 2020.1.31, 20200131 or 2020年1月31日, a time of zero after it",
            "YYYY-MM-DD, a day of the calendar",
            argument: "formats: [YYYY-MM-DD, YYYY/M/D, YYYYMMDD, …]: only these are read", failure: .dateInvalid),
        .init("division", "a code of GB/T 2260", "six digits", failure: .format),
        .init("digits", "text", "its digits alone", failure: .format, lossy: true, inverse: false),
        .init(
            "split", "text with separators", "one part of it", argument: "separator: text, part: number from 1",
            failure: .format, lossy: true, inverse: false),
        .init(
            "concat", "the columns of `from`", "their values that are not empty, joined", argument: "the text between",
            inverse: false),
        .init("default", "an empty cell", "the text given", argument: "the text"),
    ]

    /// The steps as a Markdown table.
    public static var markdownTable: String {
        let head = "| step | argument | reads | gives | fails with | lossy |\n| --- | --- | --- | --- | --- | --- |\n"
        return all.reduce(into: head) { table, step in
            let failure = step.failure.map { "`\($0.rawValue)`" } ?? ""
            table += "| `\(step.name)` | \(step.argument ?? "") | \(step.input) | \(step.output) | \(failure) "
            table += "| \(step.isLossy ? "yes" : "") |\n"
        }
    }
}
