/// A name as the numbers of its phrases.
struct PersonName: Sendable {
    enum Form: Sendable {
        /// A surname and a given name of one or two characters.
        case han
        /// Two parts with a middle dot between, or nothing.
        case parts(dotted: Bool)
    }

    var form = Form.han
    var first: Phrases.ID = 0
    var second: Phrases.ID = 0
    /// The second character of a given name; nil when it has one only.
    var third: Phrases.ID?

    var isDotted: Bool {
        if case .parts(let dotted) = form { return dotted }
        return false
    }
}

/// Names by frequency, sex and time of birth.
struct NameBook: Sendable {
    private struct OtherNames: Sendable {
        var first: [Phrases.ID] = []
        var second: [Phrases.ID] = []
        var dotted = false
    }

    private var surnames = WeightedChoice<Phrases.ID>()
    /// Characters of given names by 4 × sex (0 male) + time of birth.
    private var given: [WeightedChoice<Phrases.ID>]
    /// By 2 × ethnicity + sex; the ethnicities without such names have none.
    private var others: [Phrases.ID: [OtherNames]] = [:]
    private let uyghur: Phrases.ID

    init(_ phrases: inout Phrases) {
        given = Array(repeating: WeightedChoice(), count: 8)
        uyghur = phrases.add("维吾尔族")
        for row in DataFile.surnames.rows where row.count == 2 {
            surnames.add(phrases.add(row[0]), Int(row[1]) ?? 0)
        }
        for row in DataFile.givenNames.rows where row.count == 4 { addGiven(row, &phrases) }
        for row in DataFile.otherNames.rows where row.count == 5 { addOthers(row, &phrases) }
    }

    private mutating func addGiven(_ row: [Substring], _ phrases: inout Phrases) {
        for character in row[0] {
            let id = phrases.add(String(character))
            for (sex, letter) in ["m", "f"].enumerated() where row[1] == letter || row[1] == "b" {
                for (time, letter) in "abcd".enumerated() where row[2].contains(letter) {
                    given[4 * sex + time].add(id, Int(row[3]) ?? 0)
                }
            }
        }
    }

    private mutating func addOthers(_ row: [Substring], _ phrases: inout Phrases) {
        let names = OtherNames(
            first: row[2].split(separator: " ").map { phrases.add($0) },
            second: row[4].split(separator: " ").map { phrases.add($0) }, dotted: !row[3].isEmpty)
        let ethnicity = phrases.add(row[0])
        var both = others[ethnicity] ?? [OtherNames(), OtherNames()]
        both[row[1] == "m" ? 0 : 1] = names
        others[ethnicity] = both
    }

    func name(ethnicity: Phrases.ID, isMale: Bool, birthYear: Int, _ random: inout SyntheticRandom) -> PersonName {
        if let names = others[ethnicity] { return Self.name(names[isMale ? 0 : 1], &random) }
        return hanName(isMale: isMale, birthYear: birthYear, &random)
    }

    /// A name of two parts with a middle dot.
    func dottedName(isMale: Bool, _ random: inout SyntheticRandom) -> PersonName {
        Self.name((others[uyghur] ?? [OtherNames(), OtherNames()])[isMale ? 0 : 1], &random)
    }

    func hanName(isMale: Bool, birthYear: Int, _ random: inout SyntheticRandom) -> PersonName {
        let time = birthYear < 1970 ? 0 : birthYear < 1990 ? 1 : birthYear < 2010 ? 2 : 3
        let characters = given[(isMale ? 0 : 4) + time]
        var name = PersonName(first: surnames.pick(&random), second: characters.pick(&random))
        if random.chance(of: 780) { name.third = characters.pick(&random) }
        return name
    }

    private static func name(_ names: OtherNames, _ random: inout SyntheticRandom) -> PersonName {
        PersonName(
            form: .parts(dotted: names.dotted), first: random.pick(names.first), second: random.pick(names.second))
    }
}
