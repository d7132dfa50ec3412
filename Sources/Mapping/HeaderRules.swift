import Interchange

/// What an envelope's head follows from: `from`, `to`, `issuedAt`, `retainUntil`, and the purpose that decides the last.
struct HeaderRules {
    let from: Int?
    let to: Int?
    let issuedAt: Int?
    let retainUntil: Int?
    let purpose: Int?
    let residence: Int?
    let effective: Int?
    private let purposes: [(utf8: [UInt8], purpose: Purpose)]

    /// The head of one row's envelope.
    struct Reading {
        var from: Province
        var to: Province
        var home: Province
        var issuedAt: Instant
        var retainUntil: CivilDate
        var purpose: Purpose
        /// The register province in ids of records with this home. Who answers or corrects from home is not the register: that
        /// is whom the envelope goes to.
        func register(ofHome home: Province) -> Province { home == from ? to : from }

        /// A province is a placeholder, since the row does not tell it.
        var isPlaceheld: Bool
        var violations: [Violation]
    }

    init(_ rules: [BoundRule]) {
        func index(_ paths: String...) -> Int? { rules.firstIndex { paths.contains($0.rule.target.path) } }
        from = index("from")
        to = index("to")
        issuedAt = index("issuedAt")
        retainUntil = index("retainUntil")
        purpose = index("purpose")
        residence = index("content.residenceDivision", "content.toDivision")
        effective = index("content.arrivalDate", "content.departureDate", "content.effectiveDate")
        purposes = Purpose.allCases.map { (Array($0.rawValue.utf8), $0) }
    }

    func read(_ values: borrowing FieldValues, context: TransformContext, home: Int?, now: Instant) -> Reading {
        var violations: [Violation] = []
        let register =
            values[from].flatMap(Digits.province) ?? Self.province(ofDivision: values[residence]) ?? context.gateway
        // A passport has no home division: then the home is whom the envelope is for.
        let mappedTo = values[to].flatMap(Digits.province)
        let homeProvince = Self.province(ofDivision: values[home]) ?? values[home].flatMap(Digits.province) ?? mappedTo
        if register == nil { violations.append(ViolationWords.provinceMissing("/from")) }
        if homeProvince == nil { violations.append(ViolationWords.provinceMissing("/to")) }
        if let register, let gateway = context.gateway, register != gateway {
            violations.append(ViolationWords.notOurs)
        }
        let placed = register ?? context.gateway ?? Self.other(than: homeProvince)
        let purpose = values[purpose].flatMap { text in purposes.first { text.elementsEqual($0.utf8) }?.purpose }
        let issued = values[issuedAt].flatMap { Instant(utf8: Array($0)) } ?? now
        let cap = issued.dayInShanghai.adding(days: context.retentionInDays(purpose ?? .residenceRegistration))
        return Reading(
            from: placed, to: mappedTo ?? homeProvince ?? Self.other(than: placed),
            home: homeProvince ?? Self.other(than: placed), issuedAt: issued,
            retainUntil: values[retainUntil].flatMap(Digits.date) ?? cap,
            purpose: purpose ?? .residenceRegistration, isPlaceheld: register == nil || homeProvince == nil,
            violations: violations)
    }

    static func province(ofDivision text: ArraySlice<UInt8>?) -> Province? {
        text.flatMap { Digits.division($0) }?.province
    }

    /// Some province that is not this one.
    private static func other(than province: Province?) -> Province {
        Province.all[province == Province.all[0] ? 1 : 0]
    }
}
