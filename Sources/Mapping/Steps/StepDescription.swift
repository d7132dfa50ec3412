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
    /// How what comes out is written back in the source's form; nil when it cannot be.
    public let inverse: String?

    /// Whether what comes out can be written back in the source's form.
    public var hasInverse: Bool { inverse != nil }

    private init(
        _ name: String, _ input: String, _ output: String, argument: String? = nil, failure: ViolationCode? = nil,
        lossy: Bool = false, inverse: String? = "as it is"
    ) {
        self.name = name
        self.argument = argument
        self.input = input
        self.output = output
        self.failure = failure
        isLossy = lossy
        self.inverse = inverse
    }

    public static let all: [StepDescription] = [
        .init("trim", "text", "the text without blanks (also U+00A0, U+3000, U+200B, U+FEFF) at both ends"),
        .init("halfWidth", "text", "U+FF01 to U+FF5E as ASCII, U+3000 as a space"),
        .init("upperCase", "text", "a to z as A to Z"),
        .init("lowerCase", "text", "A to Z as a to z"),
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
            "date",
            "2020-01-31, 2020/1/31, 2020.1.31, 20200131, 2020年1月31日 or 二〇二〇年一月三十一日, a time of zero after it; never a lunar date or a year of two digits",
            "YYYY-MM-DD, a day of the calendar",
            argument:
                "formats: [YYYY-MM-DD, YYYY/M/D hh:mm:ss, 民国R年M月D日, RRRMMDD, serial1900, …]: only these are read; R is a year of the Republic, serial1900 and serial1904 a spreadsheet's count of days",
            failure: .dateInvalid, inverse: "in the first of `formats`, else as it is"),
        .init(
            "instant",
            "2020-01-31 09:30, 2020/1/31 09:30:15.5, 2020-01-31T09:30:00+08:00; without an offset China's time, from 1992 on",
            "YYYY-MM-DDThh:mm:ssZ", failure: .format),
        .init("division", "a code of GB/T 2260", "six digits", failure: .format),
        .init("number", "a whole number: 1,234 or 441823.00", "its digits, leading zeros kept", failure: .format),
        .init("digits", "text", "its digits alone", failure: .format, lossy: true, inverse: nil),
        .init(
            "split", "text with separators", "one part of it", argument: "separator: text, part: number from 1",
            failure: .format, lossy: true, inverse: "joined, when rules fill every part from the first on"),
        .init(
            "slice", "text", "some of its characters", argument: "from: number from 1, count: number, or the rest",
            failure: .format, lossy: true, inverse: nil),
        .init(
            "replace", "text", "the text with one text put for another, everywhere", argument: "find: text, by: text",
            lossy: true, inverse: nil),
        .init(
            "pad", "text", "the text, at least as long",
            argument: "length: number, with: character, side: left or right"
        ),
        .init("prefix", "text", "the text given, then the text", argument: "the text", inverse: "without it"),
        .init("suffix", "text", "the text, then the text given", argument: "the text", inverse: "without it"),
        .init(
            "concat", "the columns of `from`; the first step", "their values that are not empty, joined",
            argument: "the text between", inverse: "split, when there is a text between and no part is empty"),
        .init(
            "firstOf", "the columns of `from`; the first step", "the first value that is not empty",
            inverse: "in the first column"),
        .init("emptyWhen", "text", "nothing when it is one of the texts", argument: "a list of texts"),
        .init("default", "an empty cell", "the text given", argument: "the text"),
    ]

    /// The steps as a Markdown table.
    public static var markdownTable: String {
        let head =
            "| step | argument | reads | gives | fails with | lossy | written back |\n"
            + "| --- | --- | --- | --- | --- | --- | --- |\n"
        return all.reduce(into: head) { table, step in
            let failure = step.failure.map { "`\($0.rawValue)`" } ?? ""
            table += "| `\(step.name)` | \(step.argument ?? "") | \(step.input) | \(step.output) | \(failure) "
            table += "| \(step.isLossy ? "yes" : "") | \(step.inverse ?? "cannot be") |\n"
        }
    }
}
