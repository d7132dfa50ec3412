import Intake
import Interchange

/// Turns rows of one file's columns into records. Reuses its buffers and owns a checker, so each worker makes its own.
public final class RowTransformer {
    private let mapping: CompiledMapping
    private let context: TransformContext
    private let rules: [BoundRule]
    private let key: BoundKey
    private let references: [(rule: Int, key: BoundKey)]
    private let checker: EnvelopeChecker
    private let header: HeaderRules
    private var values: FieldValues
    private var hash: RecordHash
    private var line: EnvelopeLine
    /// Of rows that were accepted.
    private var shapes = KnownShapes()
    /// The rules whose values the rules of the interchange read.
    private let read: [(rule: Int, member: EnvelopeMember)]
    /// The mapping's name for the source's system; the province stands for one that has none.
    private let system: [UInt8]?

    init(_ mapping: CompiledMapping, context: TransformContext, index: [String: Int]) {
        let rules = mapping.rules.map { BoundRule($0, index: index) }
        self.mapping = mapping
        self.context = context
        self.rules = rules
        system = mapping.source.system.map { Array($0.utf8) }
        key = BoundKey(mapping.record, kind: mapping.kind, rules: rules, index: index)
        references = rules.indices.compactMap { rule in
            rules[rule].recordRule.map { (rule, BoundKey($0, kind: mapping.kind, rules: rules, index: index)) }
        }
        header = HeaderRules(rules)
        values = FieldValues(rules)
        hash = RecordHash(key: context.recordKey)
        line = EnvelopeLine(kind: mapping.kind, rules: rules)
        read = rules.indices.compactMap { rule in
            EnvelopeMember(path: rules[rule].rule.target.path).map { (rule, $0) }
        }
        checker = EnvelopeChecker(
            codeLists: context.codeLists, retentionCaps: context.retentionCaps, stricter: context.stricter)
    }

    /// Values that each step changed so far, by the step's name; steps that changed none are left out.
    public var normalised: [String: Int] {
        var counts: [String: Int] = [:]
        for (step, count) in zip(StepDescription.all, values.changes) where count > 0 { counts[step.name] = count }
        return counts
    }

    /// What the rules make of a row, by target, before anything is checked: for who writes a mapping, never for a log.
    public func values(of row: borrowing RowBuffer) -> [String: String] {
        guard row.fault == nil else { return [:] }
        values.evaluate(rules, row)
        var found: [String: String] = [:]
        for index in rules.indices {
            if let value = values[index] {
                found[rules[index].rule.target.path] = String(decoding: value, as: UTF8.self)
            }
        }
        return found
    }

    /// - Parameter row: its cells are in the order of the columns that this transformer was made for.
    public func transform(_ row: borrowing RowBuffer) -> TransformedRow {
        if let fault = row.fault {
            let violation = RowViolation(ViolationWords.fault(fault), column: nil)
            return TransformedRow(
                row: row.number, outcome: .quarantine, violations: [violation], draft: nil, raw: row.raw)
        }
        values.evaluate(rules, row)
        let now = context.clock()
        let top = header.read(values, context: context, home: key.home, now: now)
        var own: [Violation] = top.violations
        let record = id(key, top.home, top, row) ?? nothing(&own, top)
        for (rule, key) in references { refer(rule, key, top, row) }
        if own.isEmpty, values.found.isEmpty, let known = transformKnown(row, top, record, now) { return known }
        line.begin(from: top.from, to: top.to, record: record, issuedAt: top.issuedAt, retainUntil: top.retainUntil)
        line.write(rules, values)
        let judgement = line.bytes.withUnsafeBytes { checker.check($0, side: .sender, now: now) }
        if own.isEmpty, values.found.isEmpty, judgement.isAccepted {
            shapes.insert(values.shape)
            return accepted(row, top, record, judgement, fixed: line.fixed(flags: judgement.flags))
        }
        return quarantined(row, own, judgement, isPlaceheld: top.isPlaceheld)
    }

    /// What becomes of a row whose shape keeps the schema: no line has to be written and read to know it. Nil for another, and
    /// for one that breaks a rule: then the line says in what.
    private func transformKnown(
        _ row: borrowing RowBuffer, _ top: HeaderRules.Reading, _ record: RecordID, _ now: Instant
    ) -> TransformedRow? {
        guard line.isPlain, shapes.contains(values.shape) else { return nil }
        let judgement = values.bytes.withUnsafeBytes { bytes in
            var view = EnvelopeView(
                kind: mapping.kind, from: top.from, to: top.to, record: record,
                issuedAt: Instant(seconds: top.issuedAt.seconds), purpose: top.purpose, retainUntil: top.retainUntil)
            for (rule, member) in read {
                guard let range = values.range(of: rule) else { continue }
                view.set(member, MemberText(UnsafeRawBufferPointer(rebasing: bytes[range])))
            }
            view.settle()
            return checker.judge(valid: view, side: .sender, now: now)
        }
        guard judgement.isAccepted else { return nil }
        return accepted(row, top, record, judgement, fixed: line.fixed(values, flags: judgement.flags))
    }

    private func nothing(_ own: inout [Violation], _ top: HeaderRules.Reading) -> RecordID {
        if own.isEmpty { own.append(ViolationWords.keyMissing("/record")) }
        return RecordID(home: top.home, register: top.register(ofHome: top.home), high: 0, low: 0)
    }

    /// Nil when a part of the key is missing.
    private func id(_ key: BoundKey, _ home: Province, _ top: HeaderRules.Reading, _ row: borrowing RowBuffer)
        -> RecordID?
    {
        hash.begin(system: system, of: top.from, kind: key.kind)
        for part in key.parts {
            if part.rule == nil {
                guard values.keyPart(part, row, into: &hash) else { return nil }
            } else {
                guard let value = values[part.rule] else { return nil }
                value.withUnsafeBytes { hash.add($0) }
            }
        }
        return hash.end(home: home, register: top.register(ofHome: home))
    }

    private func refer(_ rule: Int, _ key: BoundKey, _ top: HeaderRules.Reading, _ row: borrowing RowBuffer) {
        // Without a home of its own the record meant is one of this row's home.
        let home = HeaderRules.province(ofDivision: values[key.home]) ?? (top.isPlaceheld ? nil : top.home)
        guard let home, let id = id(key, home, top, row) else {
            values.fail(rule, ViolationWords.keyMissing(rules[rule].pointer))
            return
        }
        values.set(rule) { id.append(to: &$0) }
    }

    private func accepted(
        _ row: borrowing RowBuffer, _ top: HeaderRules.Reading, _ record: RecordID, _ judgement: Judgement,
        fixed: [UInt8]
    ) -> TransformedRow {
        var draft = Draft(
            kind: mapping.kind, from: top.from, to: top.to, record: record, purpose: top.purpose,
            issuedAt: top.issuedAt,
            retainUntil: top.retainUntil, flags: judgement.flags, subject: judgement.header?.subject,
            reference: judgement.header?.reference, division: values[header.residence].flatMap(Digits.division),
            effective: values[header.effective].flatMap(Digits.date), facts: judgement.header?.facts,
            fixed: fixed)
        draft.effect = judgement.header?.effect
        return TransformedRow(
            row: row.number, outcome: judgement.flags.isEmpty ? .accept : .flag,
            violations: judgement.violations.isEmpty ? [] : judgement.violations.map(locate), draft: draft, raw: [])
    }

    private func quarantined(
        _ row: borrowing RowBuffer, _ own: [Violation], _ judgement: Judgement, isPlaceheld: Bool
    ) -> TransformedRow {
        let found = values.found
        var violations = found.map { RowViolation($0.violation, column: rules[$0.rule].columnNames) }
        let unfilled = Set(found.map(\.violation.pointer))
        for violation in judgement.violations {
            // What a step or a table already explains is not explained again, nor what only a placeholder caused.
            if violation.code == .required, unfilled.contains(violation.pointer) { continue }
            if isPlaceheld, violation.isAboutProvinces { continue }
            violations.append(locate(violation))
        }
        let isExplained = violations.contains { $0.violation.severity == .quarantine }
        for violation in own where !isExplained || violation.code != .required { violations.append(locate(violation)) }
        var refused = TransformedRow(
            row: row.number, outcome: .quarantine, violations: violations, draft: nil, raw: row.raw)
        refused.subject = judgement.header?.subject
        return refused
    }

    private func locate(_ violation: Violation) -> RowViolation {
        // An item of a list is a part of its rule's value.
        let rule =
            rules.first { $0.pointer == violation.pointer }
            ?? rules.first { $0.section == .assertions && violation.pointer.hasPrefix($0.pointer + "/") }
        return RowViolation(violation, column: rule?.columnNames)
    }
}

extension Violation {
    fileprivate var isAboutProvinces: Bool {
        code == .sameProvince || code == .wrongProvince || pointer == "/from" || pointer == "/to"
            || pointer == "/record"
    }
}
