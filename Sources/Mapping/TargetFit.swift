import Interchange
import Yams

extension Target.Form {
    /// The values that fit, where they are a closed set.
    var words: Set<String>? {
        switch self {
        case .code(let list): ListedCodes(list)?.codes
        case .word(let words): Set(words)
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
        case .record: false
        case .code, .word: words?.contains(text) ?? true
        }
    }
}

extension MappingNotes {
    /// Notes a rule whose outcome can never be what the target takes.
    mutating func noteMisfit(of rule: FieldRule, at node: Node) {
        let target = rule.target
        if case .record = rule.origin {
            if target.form != .record {
                note("\(target.path) is no record's id", at: node, remedy: "Fill it with from or value")
            }
            return
        }
        if target.form == .record {
            note(
                "\(target.path) is a record's id", at: node, remedy: "Write { record: { kind: …, home: …, key: […] } }")
            return
        }
        if case .constant(let text) = rule.origin {
            let text = String(decoding: text, as: UTF8.self)
            if !target.form.accepts(text) {
                let remedy = target.form.words.map(target.form.remedy) ?? "Write a value that the target takes"
                note("\(target.path) cannot be \(text)", at: node, remedy: remedy)
            }
            return
        }
        noteMisfitOfSteps(rule, at: node)
    }

    private mutating func noteMisfitOfSteps(_ rule: FieldRule, at node: Node) {
        let target = rule.target
        if rule.table == nil, let step = rule.steps.last, let output = step.output {
            if target.form != .text, target.form != output {
                note(
                    "what \(step.name) gives does not fit \(target.path)", at: node,
                    remedy: "Use the step that the target's form needs")
            }
        }
        if let codes = rule.table?.codes {
            for code in codes.sorted() where target.form.words == nil && !target.form.accepts(code) {
                note("\(target.path) cannot be \(code)", at: node, remedy: "Correct the table of codes")
            }
            if let words = target.form.words, !codes.isSubset(of: words), rule.table != nil {
                noteForeignList(codes.subtracting(words), target, at: node)
            }
        }
        for step in rule.steps {
            guard case .fallback(let bytes) = step, rule.table == nil else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            if target.form != .personName, !target.form.accepts(text) {
                note("\(target.path) cannot be \(text)", at: node, remedy: "Correct the default")
            }
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
