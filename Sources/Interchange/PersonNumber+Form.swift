extension PersonNumber {
    /// What the number is as one of this id type. An earlier answer explains what later ones would find too.
    public func form(as type: IDType) -> Form {
        if isPlaceholder { return .placeholder }
        if isScientific { return .damaged }
        switch type {
        case .residentId, .hkMoTwPermit: return residentForm
        case .foreignPermanentResident: return permanentResidentForm
        case .passport: return isPassport ? .other : .malformed
        case .none: return .malformed
        }
    }

    private var residentForm: Form {
        if count == 15 { return areDigits(0..<15) ? .fifteen : .malformed }
        guard isEighteen else { return .malformed }
        // Spreadsheets keep 15 significant digits and write zeros for the rest.
        return areZeros(15..<18) && !hasRightCheckCharacter ? .damaged : .eighteen
    }

    private var permanentResidentForm: Form {
        if count == 15, areCapitals(0..<3), areDigits(3..<15) { return .other }
        return isEighteen && self[0] == 0x39 ? .eighteen : .malformed
    }

    private var isEighteen: Bool {
        count == 18 && areDigits(0..<17) && ((0x30...0x39).contains(self[17]) || self[17] == 0x58)
    }

    private var isPassport: Bool {
        guard (5...17).contains(count) else { return false }
        for index in 0..<count where !areDigits(index..<index + 1) && !areCapitals(index..<index + 1) { return false }
        return true
    }

    private func areCapitals(_ range: Range<Int>) -> Bool {
        for index in range where !(0x41...0x5A).contains(self[index]) { return false }
        return true
    }

    private var isPlaceholder: Bool {
        guard count > 0, count <= Self.capacity, self[0] == 0x30 else { return false }
        if areZeros(0..<count) { return true }
        guard count == 15 || count == 18, areZeros(0..<6) else { return false }
        return count == 15 ? areZeros(12..<15) : areZeros(14..<17)
    }

    /// Digits, perhaps with a point, then E and an exponent: `4.40E+17`.
    private var isScientific: Bool {
        guard count <= Self.capacity else { return false }
        var index = 0
        while index < count, self[index] &- 0x30 < 10 || (index == 1 && self[index] == 0x2E) { index += 1 }
        guard index > 0, index < count, self[index] == 0x45 || self[index] == 0x65 else { return false }
        index += 1
        if index < count, self[index] == 0x2B { index += 1 }
        return index < count && areDigits(index..<count)
    }

    /// The birth date inside an 18-digit number; nil when the calendar has no such day.
    public var birthDateOfEighteen: CivilDate? {
        CivilDate(year: value(of: 6..<10), month: value(of: 10..<12), day: value(of: 12..<14))
    }

    /// The year of birth inside the number, of the form given.
    func birthYear(_ form: Form) -> Int { form == .fifteen ? 1900 + value(of: 6..<8) : value(of: 6..<10) }

    /// 1 or 2 of GB/T 2261.1, from the parity of the sequence number.
    func sex(_ form: Form) -> UInt8 { (self[form == .fifteen ? 14 : 16] & 1) == 1 ? 0x31 : 0x32 }

    /// The first six digits.
    var division: DivisionCode? { DivisionCode(number: value(of: 0..<6)) }
}
