import Interchange

/// The line that says what intake owes a row: number, what was planted, outcome and codes, and for rows that pass the
/// values that the record must hold.
struct TruthWriter: Sendable {
    private let phrases: Phrases
    private let atlas: DivisionAtlas
    private let kind: Kind

    init(_ kind: Kind, _ atlas: DivisionAtlas, _ phrases: Phrases) {
        self.kind = kind
        self.atlas = atlas
        self.phrases = phrases
    }

    func append(_ facts: Facts, to out: inout [UInt8]) {
        let outcome = facts.defect?.outcome ?? .accept
        out.append(contentsOf: "{\"row\": ".utf8)
        out.append(digits: facts.row)
        out.append(contentsOf: ", \"defect\": \"".utf8)
        if let defect = facts.defect { out.append(contentsOf: defect.rawValue.utf8) }
        out.append(contentsOf: "\", \"outcome\": \"".utf8)
        out.append(contentsOf: outcome.rawValue.utf8)
        out.append(contentsOf: "\", \"codes\": [".utf8)
        if let code = facts.defect?.codes.first {
            out.append(0x22)
            out.append(contentsOf: code.rawValue.utf8)
            out.append(0x22)
        }
        out.append(0x5D)
        if outcome != .quarantine {
            appendPerson(facts, to: &out)
            appendContent(facts, to: &out)
        }
        out.append(contentsOf: [0x7D, 0x0A])
    }

    private func appendPerson(_ facts: Facts, to out: inout [UInt8]) {
        member(", \"name\": \"", to: &out) { appendName(facts.name, to: &$0) }
        member(", \"sex\": \"", to: &out) { $0.append(facts.isMale ? 0x31 : 0x32) }
        member(", \"birthDate\": \"", to: &out) { facts.birth.append(to: &$0) }
        member(", \"hukou\": \"", to: &out) { appendCode(facts.home, to: &$0) }
        member(", \"idNumber\": \"", to: &out) { appendNumber(facts, to: &$0) }
    }

    private func appendContent(_ facts: Facts, to out: inout [UInt8]) {
        switch kind {
        case .departure:
            member(", \"departureDate\": \"", to: &out) { facts.event.append(to: &$0) }
            member(", \"cause\": \"", to: &out) { phrases.appendPlain(facts.state.code, to: &$0) }
        case .relocation:
            member(", \"fromDivision\": \"", to: &out) { appendCode(facts.residence, to: &$0) }
            member(", \"toDivision\": \"", to: &out) { appendCode(facts.newResidence, to: &$0) }
            member(", \"effectiveDate\": \"", to: &out) { facts.event.append(to: &$0) }
        case .permit:
            member(", \"status\": \"", to: &out) { phrases.appendPlain(facts.state.code, to: &$0) }
            member(", \"issuedOn\": \"", to: &out) { facts.event.append(to: &$0) }
        case .employment:
            member(", \"status\": \"", to: &out) { phrases.appendPlain(facts.state.code, to: &$0) }
            member(", \"since\": \"", to: &out) { facts.event.append(to: &$0) }
        default:
            member(", \"residence\": \"", to: &out) { appendCode(facts.residence, to: &$0) }
            member(", \"arrivalDate\": \"", to: &out) { facts.arrival.append(to: &$0) }
            member(", \"registeredOn\": \"", to: &out) { facts.registered.append(to: &$0) }
            member(", \"reason\": \"", to: &out) { phrases.appendPlain(facts.reason.code, to: &$0) }
        }
    }

    private func member(_ start: StaticString, to out: inout [UInt8], _ value: (inout [UInt8]) -> Void) {
        start.withUTF8Buffer { out.append(contentsOf: $0) }
        value(&out)
        out.append(0x22)
    }

    private func appendName(_ name: PersonName, to out: inout [UInt8]) {
        phrases.appendPlain(name.first, to: &out)
        if name.isDotted { out.append(contentsOf: [0xC2, 0xB7]) }
        phrases.appendPlain(name.second, to: &out)
        if let third = name.third { phrases.appendPlain(third, to: &out) }
    }

    private func appendCode(_ division: DivisionAtlas.ID, to out: inout [UInt8]) {
        out.append(digits: Int(atlas.code(division).number), least: 6)
    }

    /// Kept as it is written, when it is one that was issued so.
    private func appendNumber(_ facts: Facts, to out: inout [UInt8]) {
        switch facts.defect {
        case .legacy15:
            facts.number.append(0..<6, to: &out)
            facts.number.append(8..<17, to: &out)
        case .checksum:
            facts.number.append(0..<17, to: &out)
            out.append(facts.number.wrongCheck)
        default: facts.number.append(0..<18, to: &out)
        }
    }
}
