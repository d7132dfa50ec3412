import Interchange
import Seeding

/// Makes invented envelopes of every kind, about 1 KB each; most are arrivals and departures, as in the exchange.
struct RecordMaker {
    /// How many of 100 records are of the kind.
    private static let shares: [(kind: Kind, share: Int)] = [
        (.arrival, 50), (.departure, 15), (.relocation, 8), (.permit, 8), (.employment, 6), (.verificationRequest, 3),
        (.verificationResponse, 3), (.correction, 3), (.retraction, 2), (.accessNotice, 2),
    ]

    /// Every record of this place in five hundred has a defect.
    static let defectPlace = 57
    static let defectPeriod = 500

    private var random: SplitMix64
    private let divisions: [String]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        let lists = CodeLists.standard
        divisions = lists.divisionCodes.filter { lists.isValid($0, since: 2020) && $0.number % 100 > 0 }
            .map(\.description)
    }

    /// The lines of an NDJSON file, the same for the same seed.
    static func lines(_ count: Int, seed: UInt64) -> [String] {
        var maker = RecordMaker(seed: seed)
        return (0..<count).map { place in
            let record = maker.record(of: maker.kind(at: place))
            guard place % defectPeriod == defectPlace else { return record.line(nil) }
            let defects = MadeRecord.Defect.allCases
            return record.line(defects[place / defectPeriod % defects.count])
        }
    }

    private func kind(at place: Int) -> Kind {
        // 37 shares no factor with 100, so every hundred has each kind's share, well mixed.
        var rest = place * 37 % 100
        for (kind, share) in Self.shares {
            if rest < share { return kind }
            rest -= share
        }
        return .arrival
    }

    mutating func record(of kind: Kind) -> MadeRecord {
        let (home, register) = (pick(divisions), pick(divisions))
        var top: [MadeRecord.Member] = [
            ("interchange", quoted("1.0")), ("id", quoted(uuid())), ("kind", quoted(kind.rawValue)),
            ("from", quoted(register.prefix(2))), ("to", quoted(home.prefix(2))),
            ("record", quoted(recordID(home, register))), ("version", "\(number(1...9))"),
            ("issuedAt", quoted("2026-06-30T\(two(8...19)):\(two(10...59)):\(two(10...59))Z")),
            ("retainUntil", quoted("2029-06-29")), ("salt", quoted(text(22, of: Self.base64url))),
            ("purpose", quoted(Self.purposes[kind] ?? "residenceRegistration")),
            ("legalBasis", quoted(pick(Self.legalBases))),
        ]
        if kind == .verificationResponse { top.append(("inReplyTo", quoted(uuid()))) }
        if number(1...5) == 1 { top.append(("flags", #"["ID_CHECKSUM","DIVISION_NOT_CURRENT"]"#)) }
        return MadeRecord(top: top, person: person(home, kind), content: content(of: kind, home, register))
    }

    private mutating func person(_ home: String, _ kind: Kind) -> [MadeRecord.Member] {
        let birth = day(1950...2005)
        let sex = number(1...2)
        let digits = home + birth.filter { $0 != "-" } + "\(number(10...99))" + "\(number(0...4) * 2 + sex % 2)" + "0"
        let check = Character(Unicode.Scalar(PersonNumber(digits).expectedCheckCharacter))
        var members: [MadeRecord.Member] = [
            ("idType", quoted("residentId")), ("idNumber", quoted(digits.dropLast() + String(check))),
            ("name", quoted(name())), ("sex", quoted("\(sex)")), ("birthDate", quoted(birth)),
            ("hukouDivision", quoted(home)), ("hukouAsOf", quoted(day(2006...2019))),
        ]
        if kind == .permit { members.append(("ethnicity", quoted(two(1...56)))) }
        return members
    }

    // MARK: Parts

    mutating func quoted(_ text: some StringProtocol) -> String { "\"\(text)\"" }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[number(0...choices.count - 1)] }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func two(_ range: ClosedRange<Int>) -> String {
        let number = number(range)
        return number < 10 ? "0\(number)" : "\(number)"
    }

    mutating func day(_ years: ClosedRange<Int>) -> String { "\(number(years))-\(two(1...12))-\(two(1...28))" }

    mutating func text(_ count: Int, of alphabet: [Character]) -> String {
        String((0..<count).map { _ in pick(alphabet) })
    }

    mutating func uuid() -> String { MessageID(at: Instant(seconds: 1_782_806_400), using: &random).description }

    mutating func recordID(_ home: String, _ register: String) -> String {
        "\(home.prefix(2))-\(register.prefix(2))-\(number(0...7))\(text(25, of: Self.base32))"
    }

    private mutating func name() -> String {
        if number(1...6) == 1 { return pick(Self.longNames) }
        return pick(Self.familyNames) + pick(Self.givenNames) + (number(0...3) == 0 ? "" : pick(Self.givenNames))
    }
}
