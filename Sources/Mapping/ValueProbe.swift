import Intake
import Interchange

/// Holds the values that a mapping itself writes against the schema and the rules of its kind, as if a row had nothing else.
struct ValueProbe {
    let kind: Kind
    private let checker = EnvelopeChecker()

    /// Later than any day that a mapping writes, so that no fixed day is one of the future.
    private static let late = Instant(seconds: 32_472_144_000)
    private static let context = TransformContext(gateway: nil, recordKey: [], clock: { late })

    /// What a value can break by itself. Of the others a row has its part, and of the divisions the gateway's own list.
    private static let own: Set<ViolationCode> = [
        .type, .format, .length, .schema, .codeUnknown, .nameInvalid, .dateInvalid, .usccChecksum, .idDamaged,
        .idPlaceholder, .idFormat,
    ]

    init(kind: Kind) { self.kind = kind }

    /// What the constants break together.
    func findings(_ rules: [FieldRule]) -> [(rule: FieldRule, violation: Violation)] {
        let constants = rules.filter { $0.constant != nil }
        let pointers = constants.map(\.target.pointer)
        return violations(constants).compactMap { violation in
            pointers.firstIndex(of: violation.pointer).map { (constants[$0], violation) }
        }
    }

    /// What the rule's target breaks with this value beside the constants.
    func violation(of value: String, in rule: FieldRule, beside rules: [FieldRule]) -> Violation? {
        var probe = rule
        probe.origin = .constant(Array(value.utf8))
        probe.table = nil
        let others = rules.filter { $0.constant != nil && $0.target != rule.target }
        return violations(others + [probe]).first {
            $0.pointer == rule.target.pointer && Self.own.contains($0.code)
        }
    }

    /// Those that quarantine. That something is missing is no finding: rows bring the rest.
    private func violations(_ rules: [FieldRule]) -> [Violation] {
        let bound = rules.map { BoundRule($0, index: [:]) }
        var values = FieldValues(bound)
        values.evaluate(bound, RowBuffer())
        let home = bound.firstIndex { $0.rule.target.path == "person.hukouDivision" }
        let head = HeaderRules(bound).read(values, context: Self.context, home: home, now: Self.late)
        var line = EnvelopeLine(kind: kind, rules: bound)
        line.begin(
            from: head.from, to: head.to, record: RecordID(home: head.to, register: head.from, high: 0, low: 0),
            issuedAt: head.issuedAt, retainUntil: head.retainUntil)
        line.write(bound, values)
        let judgement = line.bytes.withUnsafeBytes { checker.check($0, side: .sender, now: Self.late) }
        return judgement.violations.filter {
            $0.severity == .quarantine && $0.code != .required && $0.code != .divisionUnknown
        }
    }
}

extension MappingNotes {
    /// Notes constants, defaults and codes that have their target's form and still break its schema or a rule.
    mutating func noteProbes(_ probe: ValueProbe, _ rules: [FieldRule]) {
        for (rule, violation) in probe.findings(rules) { note(rule, violation) }
        for rule in rules {
            for value in rule.ownValues {
                guard let violation = probe.violation(of: value, in: rule, beside: rules) else { continue }
                note(rule, violation)
                break
            }
        }
    }

    private mutating func note(_ rule: FieldRule, _ violation: Violation) {
        let why = violation.code.text.message.english
        note(
            "\(rule.target.path) breaks \(violation.code.rawValue): \(why.hasSuffix(".") ? String(why.dropLast()) : why)",
            rule.place, remedy: "Correct the value that the mapping writes")
    }
}

extension FieldRule {
    /// Values that come from the mapping and not from a row.
    fileprivate var ownValues: [String] {
        if let table { return table.codes.sorted() }
        return steps.compactMap { step in
            guard case .fallback(let text) = step else { return nil }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
