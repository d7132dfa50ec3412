/// The identity documents by whose number a person may be asked about. Raw values are the interchange's; `none` is left
/// out, since a question needs a number.
public enum SubjectIDType: String, Sendable, Hashable, CaseIterable {
    case residentId, hkMoTwPermit, foreignPermanentResident, passport

    /// Whether the text has the form of this document's number. A resident's number is the 18 characters of
    /// GB 11643-1999 with a right check character; the 15 digits of before 1999 are not taken.
    public func allows(_ number: some Collection<UInt8>) -> Bool {
        switch self {
        case .residentId: NumberForm.isResidentNumber(number)
        case .hkMoTwPermit: NumberForm.isCapitalsAndDigits(number, 8...18)
        case .foreignPermanentResident: NumberForm.isForeignResidentNumber(number)
        case .passport: NumberForm.isCapitalsAndDigits(number, 5...17)
        }
    }
}

/// The forms of numbers that stand in a question, on ASCII bytes.
enum NumberForm {
    static func isCapitalsAndDigits(_ text: some Collection<UInt8>, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.count) && text.allSatisfy { isDigit($0) || isCapital($0) }
    }

    /// 17 digits and the check character of GB 11643-1999 (ISO 7064, MOD 11-2).
    static func isResidentNumber(_ text: some Collection<UInt8>) -> Bool {
        guard text.count == 18, text.dropLast().allSatisfy(isDigit) else { return false }
        let sum = zip(text, residentWeights).reduce(0) { $0 + Int($1.0 - 0x30) * $1.1 }
        return text.suffix(1).elementsEqual([residentChecks[sum % 11]])
    }

    /// Three capitals and twelve digits, or the resident number's form beginning with 9.
    static func isForeignResidentNumber(_ text: some Collection<UInt8>) -> Bool {
        if text.count == 15 { return text.prefix(3).allSatisfy(isCapital) && text.dropFirst(3).allSatisfy(isDigit) }
        return text.first == 0x39 && isResidentNumber(text)
    }

    /// A unified social credit code: 18 characters of GB 32100-2015 with its check character (MOD 31-3).
    static func isSocialCreditCode(_ text: some Collection<UInt8>) -> Bool {
        let values = text.compactMap { creditAlphabet.firstIndex(of: $0) }
        guard text.count == 18, values.count == 18 else { return false }
        var weight = 1
        var sum = 0
        for value in values.dropLast() {
            sum += value * weight
            weight = weight * 3 % 31
        }
        return values[17] == (31 - sum % 31) % 31
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }

    private static let residentWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let residentChecks = Array("10X98765432".utf8)
    private static let creditAlphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
}
