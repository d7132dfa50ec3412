import JSONTape

/// What a cell looks like that every step of its rule leaves as it is: nearly every cell of a tidy export. Such a cell is
/// copied without being converted; any other goes through the steps.
enum PlainForm: UInt8 {
    /// There is none, or the rule is no simple one.
    case none
    /// Digits, or digits and capital X, as a number of a person is written.
    case digits, number
    /// Six digits.
    case division
    /// `YYYY-MM-DD`, a day of the calendar.
    case date
    /// Han characters of U+4000 to U+9FFF alone.
    case han
    /// Begins and ends with a byte that is no blank and belongs to no wide one.
    case solid

    /// Of a rule that takes one column, with these steps.
    init(_ steps: [Step]) {
        self = .none
        if steps.contains(where: \.isDate) {
            if steps.allSatisfy({ $0.isDate ? $0.readsISO : $0.leavesDates }) {
                self = .date
            }
        } else if steps.contains(.personName) {
            if steps.allSatisfy({ $0 == .personName || $0.leavesHan }) { self = .han }
        } else if steps.allSatisfy(\.leavesDigits), !steps.isEmpty {
            let wantsDigits = steps.contains(.digits) || steps.contains(.number) || steps.contains(.lowerCase)
            self = steps.contains(.division) ? .division : wantsDigits ? .digits : .number
        } else if steps.isEmpty {
            self = .solid
        }
    }

    /// Whether the cell is of this form. Empty ones are of none.
    @inline(__always)
    func fits(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
        guard cell.count > 0 else { return false }
        switch self {
        case .none: return false
        case .digits: return Self.isAll(cell) { $0 &- 0x30 < 10 }
        case .number: return Self.isAll(cell) { $0 &- 0x30 < 10 || $0 == 0x58 }
        case .division: return cell.count == 6 && Self.isAll(cell) { $0 &- 0x30 < 10 }
        case .date: return Digits.isDate(cell)
        case .han: return Self.isHan(cell)
        case .solid: return Self.isSolid(cell[0]) && Self.isSolid(cell[cell.count - 1])
        }
    }

    /// The class in ``ValueShape`` of a value of this form.
    @inline(__always)
    func shape(of value: UnsafeBufferPointer<UInt8>) -> UInt8 {
        switch self {
        case .none, .solid: ValueShape.opaque
        case .date, .division: ValueShape.uniform
        case .digits, .han: UInt8(min(value.count, Int(ValueShape.opaque)))
        case .number: Self.shape(ofNumber: value)
        }
    }

    /// Digits alone are one class, and digits before a last X another.
    private static func shape(ofNumber value: UnsafeBufferPointer<UInt8>) -> UInt8 {
        guard value.count < 128, isAll(UnsafeBufferPointer(rebasing: value.dropLast()), { $0 != 0x58 }) else {
            return ValueShape.opaque
        }
        return UInt8(value.count) | (value.last == 0x58 ? 0x80 : 0)
    }

    @inline(__always)
    private static func isAll(_ cell: UnsafeBufferPointer<UInt8>, _ condition: (UInt8) -> Bool) -> Bool {
        for byte in cell where !condition(byte) { return false }
        return true
    }

    private static func isHan(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
        guard cell.count % 3 == 0 else { return false }
        var place = 0
        while place < cell.count {
            guard cell[place] >= 0xE4, cell[place] <= 0xE9 else { return false }
            place += 3
        }
        return true
    }

    private static func isSolid(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
}

extension Step {
    fileprivate var isDate: Bool {
        if case .date = self { return true }
        return false
    }

    fileprivate var readsISO: Bool {
        if case .date(let forms) = self { return forms.readsISO }
        return false
    }

    /// Whether a date of digits and dashes comes out as it went in.
    fileprivate var leavesDates: Bool {
        switch self {
        case .trim, .halfWidth, .upperCase, .lowerCase, .nfc: true
        default: false
        }
    }

    /// Whether a text of digits, and of a capital X where it is told apart above, comes out as it went in.
    fileprivate var leavesDigits: Bool {
        switch self {
        case .trim, .halfWidth, .upperCase, .lowerCase, .nfc, .idNumber, .number, .digits, .division: true
        default: false
        }
    }

    /// Whether Han characters come out as they went in.
    fileprivate var leavesHan: Bool {
        switch self {
        case .trim, .halfWidth, .upperCase, .lowerCase, .nfc: true
        default: false
        }
    }
}

/// A rule as far as its cells can be copied as they are.
struct PlainCell {
    /// Meaningless where `form` is none.
    let column: Int
    let form: PlainForm
    let isConstant: Bool
    /// The class in ``ValueShape`` of what the rule fills in that no cell decides: a constant, a record's id. A value that JSON
    /// would have to escape, or write as a number, has none.
    let fixedShape: UInt8
    /// Whether a value's form is all that a schema can tell of it: not where it must be one of a list.
    private let isTold: Bool

    init(_ rule: BoundRule) {
        isConstant = rule.constant != nil
        isTold = rule.rule.target.form.isOpen
        let isText = !rule.isInteger && (rule.constant ?? []).withUnsafeBytes { $0.needsNoEscape }
        fixedShape = (isConstant || rule.recordRule != nil) && isText ? ValueShape.uniform : ValueShape.opaque
        let isSimple =
            rule.columns.count == 1 && rule.rule.table == nil && rule.rule.listSeparator == nil && !rule.dealsWithEmpty
        column = rule.columns.first ?? 0
        form = isSimple && !rule.isInteger ? PlainForm(rule.rule.steps) : .none
    }

    /// The class in ``ValueShape`` of a value that has the form.
    @inline(__always)
    func shape(of value: UnsafeBufferPointer<UInt8>) -> UInt8 { isTold ? form.shape(of: value) : ValueShape.opaque }
}

extension Target.Form {
    /// Whether the target takes more values than can be listed.
    fileprivate var isOpen: Bool {
        switch self {
        case .text, .idNumber, .personName, .date, .division, .record: true
        case .province, .instant, .integer, .code, .word, .list: false
        }
    }
}
