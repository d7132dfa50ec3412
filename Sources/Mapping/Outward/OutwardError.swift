import Interchange

/// Why one envelope is not written. It never repeats a value.
public struct OutwardError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The line is no envelope of a version that is understood.
        case notAnEnvelope = "NOT_AN_ENVELOPE"
        /// The mapping has no source text for the value.
        case noSourceText = "NO_SOURCE_TEXT"
        /// The value is another than the one that the mapping holds for every row.
        case notTheConstant = "NOT_THE_CONSTANT"
        /// The value is longer than its column.
        case tooLong = "TOO_LONG"
        /// A control character, which could end a row or a cell.
        case controlCharacter = "CONTROL_CHARACTER"
        /// A spreadsheet would take the cell for a formula.
        case formula = "FORMULA"
    }

    public var code: Code
    /// The column, or the target where no column has it.
    public var place: String?
    public var message: String
    /// What the operator does next.
    public var remedy: String

    init(_ code: Code, _ place: String? = nil, _ message: String, remedy: String) {
        self.code = code
        self.place = place
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(code.rawValue)\(place.map { " \($0)" } ?? ""): \(message). \(remedy)." }
}

extension OutwardError {
    static let notAnEnvelope = OutwardError(
        .notAnEnvelope, nil, "the line is no envelope of the interchange 1.x",
        remedy: "Check where the file comes from: yizhan validate FILE")

    static func noSourceText(_ rule: FieldRule, _ column: String) -> OutwardError {
        OutwardError(
            .noSourceText, column, "the mapping has no text for the value of \(rule.target.path)",
            remedy: rule.table == nil
                ? "Enter the record by hand, or correct the mapping's steps"
                : "Add the code to the mapping's table of codes")
    }

    static func notTheConstant(_ rule: FieldRule) -> OutwardError {
        OutwardError(
            .notTheConstant, rule.target.path,
            "the mapping fills this with one fixed value, and the record has another",
            remedy: "Enter the record by hand, or fill the target from a column")
    }

    static func tooLong(_ column: String, _ width: Int) -> OutwardError {
        OutwardError(
            .tooLong, column, "the value has more than the \(width) bytes of the column",
            remedy: "Enter the record by hand, or widen the column in the mapping and in the local system")
    }

    static func controlCharacter(_ column: String) -> OutwardError {
        OutwardError(
            .controlCharacter, column, "the value holds a control character, which could end a row",
            remedy: "Ask the province that sent the record to correct it")
    }

    static func formula(_ column: String) -> OutwardError {
        OutwardError(
            .formula, column, "the value begins with = + - or @, which a spreadsheet takes for a formula",
            remedy: "Enter the record by hand, and ask the province that sent it")
    }

    static func ambiguous(_ column: String) -> OutwardError {
        OutwardError(
            .noSourceText, column, "the value cannot be parted among its columns, or a part of it is missing",
            remedy: "Enter the record by hand")
    }
}
