import Interchange

/// The forms of numbers that stand in a question.
enum NumberForm {
    /// Whether a person may be asked about by this number: it has its document's form, and an 18-character one the right
    /// check character and a birth date that the calendar has. `none` has no number.
    static func isNumber(_ text: String, of type: IDType) -> Bool {
        let number = PersonNumber(text)
        return switch number.form(as: type) {
        case .eighteen: number.hasRightCheckCharacter && number.birthDateOfEighteen != nil
        case .fifteen, .other: true
        case .damaged, .placeholder, .malformed: false
        }
    }

    /// Whether the text holds what could be a citizen's number, and so has no place in a pseudonym or a legal ground: a run
    /// of exactly 15 or 18 ASCII digits, or of 17 with an `X`, which the audit log refuses whatever it says; or, however
    /// it is written, what ``FoldedText/holdsIdNumber`` finds.
    static func holdsIdNumber(_ text: String) -> Bool {
        FoldedText.mayHoldIdNumber(text) && (hasRunOfANumbersLength(text) || FoldedText(text).holdsIdNumber)
    }

    private static func hasRunOfANumbersLength(_ text: String) -> Bool {
        var run = 0
        for byte in text.utf8 {
            if (0x30...0x39).contains(byte) {
                run += 1
                continue
            }
            if run == 15 || run == 18 || (run == 17 && byte | 0x20 == 0x78) { return true }
            run = 0
        }
        return run == 15 || run == 18
    }

    /// A unified social credit code: 18 characters of GB 32100-2015 with its check character (MOD 31-3).
    static func isSocialCreditCode(_ text: String) -> Bool {
        let values = text.utf8.compactMap { creditAlphabet.firstIndex(of: $0) }
        guard text.utf8.count == 18, values.count == 18 else { return false }
        var weight = 1
        var sum = 0
        for value in values.dropLast() {
            sum += value * weight
            weight = weight * 3 % 31
        }
        return values[17] == (31 - sum % 31) % 31
    }

    private static let creditAlphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
}

extension StatusQuestion.Subject {
    /// What would tell who the question is about: their number and their name.
    var telling: [FoldedText] { [FoldedText(idNumber.exposed)] + (name.map { [FoldedText($0.exposed)] } ?? []) }
}
