import Intake
import Interchange

/// The values of one row after their steps, by rule. Its storage is reused from row to row.
struct FieldValues {
    private(set) var bytes: [UInt8] = []
    private var ranges: [Range<Int>?]
    private var value: [UInt8] = []
    private(set) var found: [(rule: Int, violation: Violation)] = []
    /// Values that a step changed, by the step's place in ``StepDescription/all``.
    private(set) var changes = [Int](repeating: 0, count: StepDescription.all.count)

    /// What the schemas can tell of the values.
    private(set) var shape: ValueShape

    /// What is copied as it is, by rule.
    private let plain: [PlainCell]
    private let pointers: [String]
    /// The constants stand at the front, from row to row.
    private let constantsEnd: Int
    /// The shape of the constants alone.
    private let constantsShape: ValueShape

    init(_ rules: [BoundRule]) {
        plain = rules.map(PlainCell.init)
        shape = ValueShape(count: rules.count)
        pointers = rules.map(\.pointer)
        ranges = [Range<Int>?](repeating: nil, count: rules.count)
        for (index, rule) in rules.enumerated() {
            guard let constant = rule.constant else { continue }
            ranges[index] = bytes.count..<bytes.count + constant.count
            bytes.append(contentsOf: constant)
            shape.set(index, plain[index].fixedShape)
        }
        constantsEnd = bytes.count
        constantsShape = shape
    }

    /// Where in ``bytes`` the rule's value is; nil when it filled nothing.
    @inline(__always)
    func range(of rule: Int) -> Range<Int>? { ranges[rule] }

    /// The rule's value; nil when it filled nothing.
    @inline(__always)
    subscript(rule: Int?) -> ArraySlice<UInt8>? {
        guard let rule, let range = ranges[rule] else { return nil }
        return bytes[range]
    }

    mutating func evaluate(_ rules: [BoundRule], _ row: borrowing RowBuffer) {
        bytes.removeLast(bytes.count - constantsEnd)
        shape = constantsShape
        if !found.isEmpty { found.removeAll(keepingCapacity: true) }
        row.bytes.withUnsafeBufferPointer { cells in
            row.bounds.withUnsafeBufferPointer { bounds in
                for index in plain.indices {
                    if plain[index].isConstant || copy(plain[index], at: index, cells, bounds) { continue }
                    ranges[index] = evaluate(rules[index], at: index, row)
                }
            }
        }
    }

    /// Takes a cell that no step would change. False when it must be converted.
    @inline(__always)
    private mutating func copy(
        _ rule: PlainCell, at index: Int, _ cells: UnsafeBufferPointer<UInt8>, _ bounds: UnsafeBufferPointer<Range<Int>>
    ) -> Bool {
        guard rule.form != .none else { return false }
        let cell = UnsafeBufferPointer(rebasing: cells[bounds[rule.column]])
        guard rule.form.fits(cell) else { return false }
        let start = bytes.count
        bytes.append(contentsOf: cell)
        ranges[index] = start..<bytes.count
        shape.set(index, rule.shape(of: cell))
        return true
    }

    /// Puts a value that was made elsewhere: a record's id.
    mutating func set(_ rule: Int, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        ranges[rule] = start..<bytes.count
        shape.set(rule, plain[rule].fixedShape)
    }

    mutating func fail(_ rule: Int, _ violation: Violation) { found.append((rule, violation)) }

    /// Brings a key column that no field reads to its form. False when it is empty or its steps fail.
    mutating func keyPart(_ part: BoundKey.Part, _ row: borrowing RowBuffer, into hash: inout RecordHash) -> Bool {
        value.removeAll(keepingCapacity: true)
        value.append(contentsOf: row.bytes[row.bounds[part.column]])
        if let steps = part.steps {
            for step in steps where step.apply(to: &value) == .failed { return false }
        } else {
            KeyForm.apply(to: &value)
        }
        if Blanks.trimmed(value).isEmpty { return false }
        value.withUnsafeBytes { hash.add($0) }
        return true
    }

    private mutating func evaluate(_ rule: BoundRule, at index: Int, _ row: borrowing RowBuffer) -> Range<Int>? {
        let start = bytes.count
        guard !rule.columns.isEmpty else { return nil }
        if let table = rule.plainTable { return translated(rule, table, row, at: index) }
        value.removeAll(keepingCapacity: true)
        for column in rule.columns {
            let cell = row.bytes[row.bounds[column]]
            if rule.takesFirst, !Blanks.trimmed(value).isEmpty { break }
            if rule.takesFirst { value.removeAll(keepingCapacity: true) }
            if !value.isEmpty, !cell.isEmpty { value.append(contentsOf: rule.separator) }
            value.append(contentsOf: cell)
        }
        if !rule.hasFallback, Blanks.trimmed(value).isEmpty { return nil }
        guard convert(rule, at: index) else { return nil }
        bytes.append(contentsOf: value)
        shape.set(index, classOfValue(plain[index]))
        return start..<bytes.count
    }

    /// The class of a value that steps made: it may well be as tidy as one that needs none.
    private func classOfValue(_ rule: PlainCell) -> UInt8 {
        value.withUnsafeBufferPointer { rule.form.fits($0) ? rule.shape(of: $0) : ValueShape.opaque }
    }

    /// The code of a cell that has no steps before its table.
    private mutating func translated(
        _ rule: BoundRule, _ table: CodeTable, _ row: borrowing RowBuffer, at index: Int
    ) -> Range<Int>? {
        let start = bytes.count
        let cell = row.bounds[rule.columns[0]]
        let outcome = row.bytes.withUnsafeBufferPointer {
            table.append(codeOf: UnsafeBufferPointer(rebasing: $0[cell]), to: &bytes)
        }
        switch outcome {
        case .code(let number):
            shape.set(index, rule.hasPlainCodes ? UInt8(min(number, Int(ValueShape.opaque))) : ValueShape.opaque)
            return start..<bytes.count
        case .blank: return nil
        case .unknown:
            found.append((index, ViolationWords.codeUnknown(pointers[index])))
            return nil
        }
    }

    private mutating func convert(_ rule: BoundRule, at index: Int) -> Bool {
        for (place, step) in rule.rule.steps.enumerated() {
            if rule.dealsWithEmpty, !step.dealsWithEmpty, Blanks.trimmed(value).isEmpty { continue }
            switch step.apply(to: &value) {
            case .same: continue
            case .changed: changes[rule.counters[place]] += 1
            case .failed:
                found.append((index, ViolationWords.stepFailed(step, rule.pointer)))
                return false
            }
        }
        if Blanks.trimmed(value).isEmpty { return false }
        if let separator = rule.rule.listSeparator { return list(rule, separator, at: index) }
        if let table = rule.rule.table, !table.translate(&value) {
            found.append((index, ViolationWords.codeUnknown(rule.pointer)))
            return false
        }
        return true
    }

    /// Puts the items of a list, each translated, without blanks, empty ones left out and each once.
    private mutating func list(_ rule: BoundRule, _ separator: [UInt8], at index: Int) -> Bool {
        var items: [[UInt8]] = []
        for part in PartSteps.parts(of: value, separator) {
            var item = Array(part)
            _ = TextSteps.trim(&item)
            if item.isEmpty { continue }
            if let table = rule.rule.table, !table.translate(&item) {
                found.append((index, ViolationWords.codeUnknown(rule.pointer)))
                return false
            }
            if !items.contains(item) { items.append(item) }
        }
        value = Array(items.joined(separator: [FieldRule.itemSeparator]))
        return !items.isEmpty
    }
}
