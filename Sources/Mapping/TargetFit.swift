import Interchange
import Yams

extension Target.Form {
    /// The values that fit, where they are a closed set.
    var words: Set<String>? {
        switch self {
        case .code(let list): ListedCodes(list)?.codes
        case .word(let words), .list(let words): Set(words)
        default: nil
        }
    }

    func remedy(for words: Set<String>) -> String {
        if case .code(let list) = self {
            return "Use a code of the list \(list): \(words.sorted().joined(separator: ", "))"
        }
        return "Use one of \(words.sorted().joined(separator: ", "))"
    }

    /// Whether a fixed text fits. What only the rules of the interchange can tell is left to them.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .text, .personName, .idNumber: !text.isEmpty
        case .date: CivilDate(text) != nil
        case .division: DivisionCode(text) != nil
        case .province: Province(text) != nil
        case .instant: Instant(text) != nil
        case .record: RecordID(text) != nil
        case .integer: Int(text).map { $0 > 0 && String($0) == text } ?? false
        case .code, .word: words?.contains(text) ?? true
        case .list:
            text.utf8.split(separator: FieldRule.itemSeparator).allSatisfy {
                words?.contains(String(decoding: $0, as: UTF8.self)) ?? true
            } && !text.isEmpty
        }
    }
}

extension MappingNotes {
    /// Notes a rule whose outcome can never be what the target takes.
    mutating func noteMisfit(of rule: FieldRule, at node: Node) {
        let target = rule.target
        switch rule.origin {
        case .record:
            if target.form != .record {
                note("\(target.path) is no record's id", at: node, remedy: "Fill it with from or value")
            }
        case .constant(let text):
            let text = String(decoding: text, as: UTF8.self)
            if !target.form.accepts(text) {
                let remedy = target.form.words.map(target.form.remedy) ?? target.form.remedy
                note("\(target.path) cannot be \(target.form.shown(text))", at: node, remedy: remedy)
            }
        case .columns: noteMisfitOfSteps(rule, at: node)
        }
    }

    private mutating func noteMisfitOfSteps(_ rule: FieldRule, at node: Node) {
        let target = rule.target
        if let step = rule.steps.last(where: { !$0.dealsWithEmpty }), rule.table == nil, !step.canFill(target.form) {
            note("what \(step.name) gives does not fit \(target.path)", at: node, remedy: target.form.remedy)
        }
        if target.form == .idNumber {
            for (step, place) in zip(rule.steps, rule.stepPlaces) where step.isRepair {
                note(
                    "the step \(step.name) would repair a person's number", place,
                    remedy: "Use idNumber, which marks what it is not sure of")
            }
        }
        noteMisfitOfCodes(rule, at: node)
        for (step, place) in zip(rule.steps, rule.stepPlaces) {
            guard case .fallback(let bytes) = step, rule.table == nil else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            if target.form != .personName, !target.form.accepts(text) {
                note("\(target.path) cannot be \(target.form.shown(text))", place, remedy: "Correct the default")
            }
        }
    }

    private mutating func noteMisfitOfCodes(_ rule: FieldRule, at node: Node) {
        let target = rule.target
        guard let table = rule.table else { return }
        for code in table.codes.sorted() where target.form.words == nil && !target.form.accepts(code) {
            note("\(target.path) cannot be \(code)", at: node, remedy: "Correct the table of codes")
        }
        if let words = target.form.words, !table.codes.isSubset(of: words) {
            noteForeignList(table.codes.subtracting(words), target, at: node)
        }
        for (step, place) in zip(rule.steps, rule.stepPlaces) {
            // What stands in for an empty cell goes through the table too.
            guard case .fallback(var word) = step, !table.translate(&word) else { continue }
            note("the default is in no row of codes", place, remedy: "Use a word of the table, or add it")
        }
    }

    /// A table that is written out has its mistakes noted line by line; a named list is noted once.
    private mutating func noteForeignList(_ foreign: Set<String>, _ target: Target, at node: Node) {
        if mistakes.contains(where: { $0.message.hasPrefix("\(target.path) has no code ") }) { return }
        note(
            "\(target.path) has no code \(foreign.sorted().joined(separator: ", "))", at: node,
            remedy: "Use the code list of the target")
    }
}

extension Target.Form {
    /// What a mapping writes to fill a target of this form.
    var remedy: String {
        switch self {
        case .text: "Write a text that the target takes"
        case .idNumber: "Use with: [idNumber]"
        case .personName: "Use with: [personName]"
        case .date: "Use with: [date], or a value YYYY-MM-DD"
        case .division: "Use with: [division], or a value of six digits"
        case .record: "Write { record: { kind: …, home: …, key: […] } }, or from a column that holds the id"
        case .province: "Use the two digits of a province, as \"44\""
        case .instant: "Use with: [instant], or a value YYYY-MM-DDThh:mm:ssZ"
        case .integer: "Use with: [number], or a value from 1 on"
        case .code, .word, .list: "Use codes: with a table whose values the target takes"
        }
    }

    /// A value in a message: names and numbers of persons are in none.
    fileprivate func shown(_ text: String) -> String {
        self == .personName || self == .idNumber ? "this" : text
    }
}
