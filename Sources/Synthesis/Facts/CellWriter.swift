import Interchange

/// Writes facts down as an export has them, its defects among them.
struct CellWriter: Sendable {
    let phrases: Phrases
    let words: CellWords
    /// The column of the day that a row is about.
    let factColumn: Column
    private let columns: [Column]
    private let atlas: DivisionAtlas
    private let register: Int
    /// The serial numbers that fit their column begin again at this.
    private let serials: Int

    init(_ layout: ExportLayout, _ columns: [Column], _ atlas: DivisionAtlas, _ words: CellWords, _ phrases: Phrases) {
        self.columns = columns
        self.atlas = atlas
        self.words = words
        self.phrases = phrases
        register = Int(layout.province.number)
        factColumn = layout.kind.factColumn
        serials = layout.format == .dbf || layout.format == .fixedWidth ? 1_000_000 : .max
    }

    func write(_ facts: Facts, to cells: inout Cells) {
        var details = facts.details
        cells.removeAll()
        for column in columns {
            append(column, facts, &details, to: &cells.bytes)
            cells.endCell()
        }
    }

    /// Cells that say that no person of the file exists.
    func writeRemark(to cells: inout Cells) {
        cells.removeAll()
        for column in columns {
            if column == .name || column == .employerName { phrases.append(words.synthetic, to: &cells.bytes) }
            cells.endCell()
        }
    }

    private func append(_ column: Column, _ facts: Facts, _ details: inout SyntheticRandom, to out: inout [UInt8]) {
        switch column {
        case .serial: out.append(digits: facts.row % serials)
        case .name: appendName(facts, to: &out)
        case .sex: phrases.append(words.sex(facts), to: &out)
        case .ethnicity: phrases.append(words.ethnicity(facts), to: &out)
        case .idType: phrases.append(words.residentCard, to: &out)
        case .idNumber: appendNumber(facts, to: &out)
        case .home: appendHome(facts, to: &out)
        case .homeAddress: appendPlace(facts.home, to: &out)
        case .residenceAddress:
            appendPlace(facts.residence, to: &out)
            phrases.append(words.street, to: &out)
            out.append(digits: 1 + details.below(199))
            phrases.append(words.houseNumber, to: &out)
        case .residence where facts.defect == .unknownDivision: out.append(digits: register * 10_000 + 9999)
        case .residence, .oldResidence: appendCode(facts.residence, to: &out)
        case .newResidence: appendCode(facts.newResidence, to: &out)
        case .birthDate, .arrivalDate, .registeredOn, .departureDate, .effectiveDate, .issuedOn, .since, .endorsedUntil,
            .until:
            appendDate(column, facts, to: &out)
        case .reason, .cause, .permitStatus, .employmentStatus: phrases.append(words.word(column, facts), to: &out)
        case .phone:
            // No number begins so: not one of these can be called.
            out.append(contentsOf: [0x30, 0x30, 0x30])
            out.append(digits: details.below(100_000_000), least: 8)
        case .employerName:
            phrases.append(words.synthetic, to: &out)
            out.append(digits: 1 + details.below(999))
            phrases.append(words.company, to: &out)
        case .employerCode: EmployerCode.append(&details, to: &out)
        case .permitKind: phrases.append(words.permit, to: &out)
        case .permitNumber:
            out.append(contentsOf: [0x53, 0x59, 0x4E])  // SYN
            out.append(digits: register, least: 2)
            out.append(digits: facts.row, least: 10)
        case .industry: out.append(0x41 + UInt8(details.below(19)))
        case .marriage: phrases.append(words.marriages[facts.isGrown ? details.below(2) : 0], to: &out)
        case .children: out.append(0x30 + UInt8(facts.isGrown ? details.below(3) : 0))
        case .contraception: phrases.append(words.contraceptions[details.below(2)], to: &out)
        }
    }

    private func appendPlace(_ division: DivisionAtlas.ID, to out: inout [UInt8]) {
        for part in words.places[Int(division)] { phrases.append(part, to: &out) }
    }

    private func appendCode(_ division: DivisionAtlas.ID, to out: inout [UInt8]) {
        out.append(digits: Int(atlas.code(division).number), least: 6)
    }

    private func appendHome(_ facts: Facts, to out: inout [UInt8]) {
        switch facts.defect {
        case .sameProvince: appendCode(facts.residence, to: &out)
        case .unknownDivision where !columns.contains(.residence):
            out.append(digits: atlas.province(of: facts.home) * 10_000 + 9999)
        default: appendCode(facts.home, to: &out)
        }
    }
}
