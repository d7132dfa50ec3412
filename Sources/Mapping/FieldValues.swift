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

    init(count: Int) { ranges = [Range<Int>?](repeating: nil, count: count) }

    /// The rule's value; nil when it filled nothing.
    @inline(__always)
    subscript(rule: Int?) -> ArraySlice<UInt8>? {
        guard let rule, let range = ranges[rule] else { return nil }
        return bytes[range]
    }

    /// Where the rule's value is; nil when it filled nothing.
    @inline(__always)
    func range(of rule: Int) -> Range<Int>? { ranges[rule] }

    @inline(__always)
    func withText(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    mutating func evaluate(_ rules: [BoundRule], _ row: borrowing RowBuffer) {
        bytes.removeAll(keepingCapacity: true)
        if !found.isEmpty { found.removeAll(keepingCapacity: true) }
        for index in rules.indices { ranges[index] = evaluate(rules[index], at: index, row) }
    }

    /// Puts a value that was made elsewhere: a record's id.
    mutating func set(_ rule: Int, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        ranges[rule] = start..<bytes.count
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
        if let constant = rule.constant {
            bytes.append(contentsOf: constant)
            return start..<bytes.count
        }
        guard !rule.columns.isEmpty else { return nil }
        value.removeAll(keepingCapacity: true)
        for column in rule.columns {
            let cell = row.bytes[row.bounds[column]]
            if !value.isEmpty, !cell.isEmpty { value.append(contentsOf: rule.separator) }
            value.append(contentsOf: cell)
        }
        if !rule.hasFallback, Blanks.trimmed(value).isEmpty { return nil }
        guard convert(rule, at: index) else { return nil }
        bytes.append(contentsOf: value)
        return start..<bytes.count
    }

    private mutating func convert(_ rule: BoundRule, at index: Int) -> Bool {
        for place in rule.steps.indices {
            switch rule.steps[place].apply(to: &value) {
            case .same: continue
            case .changed: changes[rule.counters[place]] += 1
            case .failed:
                found.append((index, ViolationWords.stepFailed(rule.steps[place], rule.pointer)))
                return false
            }
        }
        if Blanks.trimmed(value).isEmpty { return false }
        if let table = rule.table, !table.translate(&value) {
            found.append((index, ViolationWords.codeUnknown(rule.pointer)))
            return false
        }
        return true
    }
}
