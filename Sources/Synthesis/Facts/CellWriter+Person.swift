import Interchange

extension CellWriter {
    func appendName(_ facts: Facts, to out: inout [UInt8]) {
        let name = facts.name
        if facts.defect == .noName { return }
        phrases.append(name.first, to: &out)
        switch facts.defect {
        case .nameSpace: phrases.append(words.wideSpace, to: &out)
        case .nameGarbled:
            out.append(0x3F)
            return
        case .middleDot: phrases.append(words.dots[facts.row % words.dots.count], to: &out)
        default: if name.isDotted { phrases.append(words.dot, to: &out) }
        }
        phrases.append(name.second, to: &out)
        if let third = name.third { phrases.append(third, to: &out) }
    }

    func appendNumber(_ facts: Facts, to out: inout [UInt8]) {
        let number = facts.number
        switch facts.defect {
        case .apostrophe:
            out.append(0x27)
            number.append(0..<18, to: &out)
            out.append(contentsOf: words.tab)
        case .fullwidth: for index in 0..<18 { phrases.append(words.wide(number.bytes[index]), to: &out) }
        case .lowerX:
            number.append(0..<17, to: &out)
            out.append(0x78)
        case .checksum:
            number.append(0..<17, to: &out)
            out.append(number.wrongCheck)
        case .legacy15:
            number.append(0..<6, to: &out)
            number.append(8..<17, to: &out)
        case .excelZeros:
            number.append(0..<15, to: &out)
            out.append(contentsOf: [0x30, 0x30, 0x30])
        case .excelScientific:
            number.append(0..<1, to: &out)
            out.append(0x2E)
            number.append(1..<6, to: &out)
            out.append(contentsOf: [0x45, 0x2B, 0x31, 0x37])  // E+17
        case .numberShort: number.append(0..<17, to: &out)
        case .placeholder:
            out.append(contentsOf: repeatElement(0x30, count: 6))
            if facts.row % 2 == 0 { number.append(6..<14, to: &out) }
            out.append(contentsOf: repeatElement(0x30, count: facts.row % 2 == 0 ? 4 : 12))
        default: number.append(0..<18, to: &out)
        }
    }

    func appendDate(_ column: Column, _ facts: Facts, to out: inout [UInt8]) {
        if facts.defect == .badDate, column == factColumn {
            return phrases.append(words.badDates[facts.row % words.badDates.count], to: &out)
        }
        guard let date = day(column, facts) else { return }
        words.form(of: column, isFact: column == factColumn, facts.defect).append(date, phrases, to: &out)
    }

    private func day(_ column: Column, _ facts: Facts) -> CivilDate? {
        let shift = 1 + facts.row % 40
        if facts.defect == .order, column == factColumn {
            return column == .arrivalDate ? facts.registered.adding(days: shift) : facts.birth.adding(days: -shift)
        }
        return switch column {
        case .birthDate: facts.defect == .birthMismatch ? facts.birth.adding(days: -shift) : facts.birth
        case .arrivalDate: facts.arrival
        case .registeredOn: facts.registered
        case .endorsedUntil, .until: facts.ending
        default: facts.event
        }
    }
}
