import AuditLog
import Intake
import Interchange
import Mapping
import Store

/// A person looks at one row.
public struct ViewQuarantined: OperatorAction {
    public static let name = "quarantine-view"
    public var id: Int64

    public init(id: Int64) { self.id = id }

    public struct Answer: Codable, Sendable {
        public struct Reason: Codable, Sendable {
            public var code, pointer: String
            public var column: String?
        }
        public struct Cell: Codable, Sendable {
            public var column, value: String
        }
        public var id: Int64
        public var run: Int64
        public var row: Int
        public var mapping: String
        public var at: String
        public var reasons: [Reason]
        /// Values as the source wrote them; numbers of persons masked.
        public var cells: [Cell]
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let content = try await desk.store.viewQuarantined(id, by: actor, at: desk.clock())
        let numbers = desk.mappings[content.row.mapping]?.personNumberColumns ?? []
        return Answer(
            id: id, run: content.row.run.number, row: content.row.row, mapping: content.row.mapping,
            at: content.row.at.description,
            reasons: content.reasons.map {
                Answer.Reason(code: $0.code.rawValue, pointer: $0.pointer, column: $0.column)
            },
            cells: content.cells.map { cell in
                let value = String(decoding: cell.value, as: UTF8.self)
                return Answer.Cell(
                    column: cell.column,
                    value: numbers.contains(cell.column) ? MaskedNumber(value).description : value)
            })
    }
}

/// A person's number as an operator sees it: never whole, but with what is wrong with its form.
struct MaskedNumber: CustomStringConvertible {
    let description: String

    /// Shows the first six and the last two characters of what is long enough, and every character that does not belong
    /// into a number.
    init(_ text: String) {
        let characters = Array(text)
        let shown = characters.count > 10 ? (6, 2) : (characters.count / 4, 0)
        description =
            String(
                characters.enumerated().map { place, character in
                    let isHidden = place >= shown.0 && place < characters.count - shown.1
                    return isHidden && (character.isNumber || character.isLetter && character != "E") ? "*" : character
                }) + " (\(characters.count) characters)"
    }
}

/// What became of rows that were judged again.
public struct ReplayAnswer: Codable, Sendable {
    public struct Row: Codable, Sendable {
        public var id: Int64
        /// `accepted`, `quarantined`, or `gone` when it was no longer open.
        public var outcome: String
        public var codes: [String]
    }
    public var accepted = 0
    public var quarantined = 0
    public var gone = 0
    /// At most ``shownRows``.
    public var rows: [Row] = []

    public static let shownRows = 1_000

    public init() {}

    mutating func add(_ row: Row) {
        switch row.outcome {
        case "accepted": accepted += 1
        case "quarantined": quarantined += 1
        default: gone += 1
        }
        if rows.count < Self.shownRows { rows.append(row) }
    }
}

/// One row is judged again with values that a person changed, or by another mapping.
public struct RepairQuarantined: OperatorAction {
    public static let name = "quarantine-repair"
    public var id: Int64
    /// New values by column.
    public var values: [String: String]
    /// A mapping in place of the one that the row came by.
    public var mapping: String?

    public init(id: Int64, values: [String: String], mapping: String?) {
        self.id = id
        self.values = values
        self.mapping = mapping
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> ReplayAnswer {
        guard var content = try await desk.store.quarantinedContents([id]).first else {
            throw StoreError(
                .notFound, "no row \(id) is open in quarantine", remedy: "see `yizhan quarantine list`")
        }
        for column in values.keys where !content.cells.contains(where: { $0.column == column }) {
            throw GatewayError(
                .mistakes, "the row has no column \(column)",
                remedy: "it has \(content.cells.map(\.column).joined(separator: ", "))")
        }
        for place in content.cells.indices {
            if let value = values[content.cells[place].column] { content.cells[place].value = Array(value.utf8) }
        }
        return try await desk.replay([content], mapping: mapping, isRepaired: !values.isEmpty, by: actor)
    }
}

/// Open rows are judged again by the mappings in force.
public struct ReplayQuarantined: OperatorAction {
    public static let name = "quarantine-replay"
    /// These rows; when empty, all that the rest allows.
    public var ids: [Int64]
    public var code: String?
    public var mapping: String?
    public var run: Int64?

    public init(ids: [Int64] = [], code: String? = nil, mapping: String? = nil, run: Int64? = nil) {
        self.ids = ids
        self.code = code
        self.mapping = mapping
        self.run = run
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> ReplayAnswer {
        var answer = ReplayAnswer()
        var filter = QuarantineFilter(mapping: mapping, run: run.map { RunID(number: $0) })
        if let code {
            guard let known = ViolationCode(rawValue: code) else {
                throw GatewayError(
                    .mistakes, "\(code) is no violation code", remedy: "see docs/reference/violations.md")
            }
            filter.code = known
        }
        while true {
            let page = ids.isEmpty ? try await desk.store.quarantined(filter, limit: Self.pageRows).map(\.id) : ids
            guard let last = page.last else { return answer }
            for start in stride(from: 0, to: page.count, by: Self.pageRows) {
                let some = Array(page[start..<min(start + Self.pageRows, page.count)])
                let contents = try await desk.store.quarantinedContents(some)
                try await desk.replay(contents, mapping: nil, isRepaired: false, by: actor, into: &answer)
            }
            guard ids.isEmpty else { return answer }
            filter.after = last
        }
    }

    /// Rows that are judged and settled together.
    static let pageRows = 500
}

/// Rows are given up.
public struct DiscardQuarantined: OperatorAction {
    public static let name = "quarantine-discard"
    public var ids: [Int64]
    /// One token, as the audit log has it.
    public var reason: String

    public init(ids: [Int64], reason: String) {
        self.ids = ids
        self.reason = reason
    }

    public struct Answer: Codable, Sendable {
        public var discarded: Int
        public var gone: Int
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let verdicts = ids.map { QuarantineVerdict(id: $0, decision: .discarded(reason: reason)) }
        let done = try await desk.store.settleQuarantined(verdicts, by: actor, at: desk.clock())
        return Answer(discarded: done.count, gone: Set(ids).count - done.count)
    }
}

extension OperatorDesk {
    func replay(
        _ contents: [QuarantinedContent], mapping: String?, isRepaired: Bool, by actor: AuditActor
    ) async throws -> ReplayAnswer {
        var answer = ReplayAnswer()
        try await replay(contents, mapping: mapping, isRepaired: isRepaired, by: actor, into: &answer)
        return answer
    }

    func replay(
        _ contents: [QuarantinedContent], mapping: String?, isRepaired: Bool, by actor: AuditActor,
        into answer: inout ReplayAnswer
    ) async throws {
        var judge = QuarantineJudge(desk: self)
        var judged = try contents.map { try judge.judge($0, by: mapping ?? $0.row.mapping) }
        let objections = try await store.objections(to: judged.compactMap(\.draft))
        var next = objections.makeIterator()
        for place in judged.indices where judged[place].draft != nil {
            if let objection = next.next() ?? nil { judged[place].decision = .refused([objection]) }
        }
        let verdicts = judged.map { QuarantineVerdict(id: $0.id, decision: $0.decision, isRepaired: isRepaired) }
        let settled = try await store.settleQuarantined(verdicts, by: actor, at: clock())
        for row in judged { answer.add(row.answer(isSettled: settled.contains(row.id))) }
    }
}

/// What judging a row again came to.
private struct JudgedRow {
    var id: Int64
    var decision: QuarantineVerdict.Decision

    /// The record that it would become.
    var draft: Draft? {
        if case .passed(let draft) = decision { draft } else { nil }
    }

    func answer(isSettled: Bool) -> ReplayAnswer.Row {
        guard isSettled else { return ReplayAnswer.Row(id: id, outcome: "gone", codes: []) }
        guard case .refused(let reasons) = decision else {
            return ReplayAnswer.Row(id: id, outcome: "accepted", codes: [])
        }
        var codes: [String] = []
        for reason in reasons where !codes.contains(reason.code.rawValue) { codes.append(reason.code.rawValue) }
        return ReplayAnswer.Row(id: id, outcome: "quarantined", codes: codes)
    }
}

/// Judges rows from quarantine, with one transformer for each mapping and set of columns.
private struct QuarantineJudge {
    let desk: OperatorDesk
    private var transformers: [[String]: RowTransformer] = [:]

    init(desk: OperatorDesk) { self.desk = desk }

    /// - Throws: ``GatewayError`` when the mapping is not there or wants columns that the row has not.
    mutating func judge(_ content: QuarantinedContent, by name: String) throws -> JudgedRow {
        // A row so malformed that it has no cells can only come anew from its source.
        guard !content.cells.isEmpty else {
            return JudgedRow(id: content.row.id, decision: .refused(content.reasons))
        }
        let columns = content.cells.map(\.column)
        let transformer = try transformers[[name] + columns] ?? make(name, columns)
        transformers[[name] + columns] = transformer
        let row = transformer.transform(
            RowBuffer(
                number: content.row.row, cells: content.cells.map { String(decoding: $0.value, as: UTF8.self) }))
        return JudgedRow(id: content.row.id, decision: row.draft.map { .passed($0) } ?? .refused(row.reasons))
    }

    private func make(_ name: String, _ columns: [String]) throws -> RowTransformer {
        guard let mapping = desk.mappings[name] else {
            throw GatewayError(
                .mistakes, "there is no mapping \(name)",
                remedy: "name one of \(desk.mappings.names.joined(separator: ", "))")
        }
        do { return try Transformer(mapping, context: desk.context).rows(of: columns) } catch {
            throw GatewayError(
                .mistakes, "the mapping \(name) does not fit the row's columns: \(error.message)", remedy: error.remedy)
        }
    }
}

extension TransformedRow {
    fileprivate var reasons: [RefusedRow.Reason] {
        violations.map {
            RefusedRow.Reason(code: $0.violation.code, pointer: $0.violation.pointer, column: $0.column)
        }
    }
}
