/// The days on which a division was written down: from the fact to its registration. A code is right when it was valid on
/// either, since registers write old facts with new codes and keep old codes in new rows.
struct DivisionDates {
    let first: CivilDate
    let last: CivilDate

    func standing(of division: DivisionCode, _ context: RuleContext) -> DivisionStanding {
        let early = context.codeLists.standing(of: division, on: first)
        if early == .valid || first == last { return early }
        let late = context.codeLists.standing(of: division, on: last)
        return late == .unknown ? early : late
    }
}

extension EnvelopeView {
    /// Visits the divisions that can be held against a date, in the order of the envelope.
    func forEachDivision(_ body: (DivisionCode, DivisionDates, String) -> Void) {
        guard let fact = factDate else { return }
        let dates = DivisionDates(first: fact, last: max(fact, content.registeredOn ?? fact))
        if let hukou = person.hukouDivision {
            let stated = person.hukouAsOf.map { DivisionDates(first: $0, last: $0) }
            body(hukou, stated ?? dates, "/person/hukouDivision")
        }
        if let residence = content.residenceDivision { body(residence, dates, "/content/residenceDivision") }
        if let from = content.fromDivision { body(from, dates, "/content/fromDivision") }
        if let to = content.toDivision { body(to, dates, "/content/toDivision") }
    }

    /// The province of the household registration; nil when the code is no province's.
    var homeProvince: Province? { person.hukouDivision?.province }

    /// The province in which the person lives, where the record says so.
    var registerProvince: Province? {
        content.residenceDivision?.province ?? content.toDivision?.province ?? content.fromDivision?.province
    }

    /// Whether ``interchange`` can be read and its number before the point is not 1.
    var hasAnotherMajorVersion: Bool {
        interchange?.withUTF8 { text in
            guard let point = text.firstIndex(of: 0x2E), point > 0, point + 1 < text.count else { return false }
            let isNumber = text.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
            return isNumber && !(point == 1 && text[0] == 0x31)
        } ?? false
    }
}

extension Kind {
    /// Kinds that a register sends to the home province.
    var isFromRegisterToHome: Bool {
        switch self {
        case .arrival, .departure, .relocation, .permit, .employment: true
        case .verificationRequest, .verificationResponse, .correction, .retraction, .accessNotice: false
        }
    }
}
