/// What a check found so far, in the order of the table of rules.
public struct Report {
    public private(set) var violations: [Violation] = []
    /// Codes of severity `flag` that this gateway quarantines.
    private let stricter: Set<ViolationCode>

    public init(stricter: Set<ViolationCode> = []) { self.stricter = stricter }

    /// - Parameters:
    ///   - severity: for a code that has two; the code's own when nil.
    ///   - successor: a sentence about what a division became, to follow the message.
    public mutating func add(
        _ code: ViolationCode, at pointer: String, severity: Severity? = nil, successor: Bilingual? = nil
    ) {
        let severity = severity ?? code.severity
        var text = code.text
        if let successor {
            text.message.english += " " + successor.english
            text.message.chinese += successor.chinese
        }
        let isStricter = severity == .flag && stricter.contains(code)
        violations.append(
            Violation(code: code, pointer: pointer, severity: isStricter ? .quarantine : severity, text: text))
    }

    /// Whether a violation that stops the envelope is among them.
    public var hasQuarantine: Bool { violations.contains { $0.severity == .quarantine } }

    func has(_ code: ViolationCode, at pointer: String) -> Bool {
        violations.contains { $0.code == code && $0.pointer == pointer }
    }

    /// Codes of the flags, each once.
    public var flags: [ViolationCode] {
        var flags: [ViolationCode] = []
        for violation in violations where violation.severity == .flag && !flags.contains(violation.code) {
            flags.append(violation.code)
        }
        return flags
    }
}
