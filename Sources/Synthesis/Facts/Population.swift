import Interchange

/// Makes the facts of any row, in any order: a row depends on the seed and its number alone.
///
/// The facts of a departure, relocation or permit are those of the arrival with the same number, and what came after.
struct Population: Sendable {
    private let seed: UInt64
    private let kind: Kind
    private let register: Int
    private let lastDay: CivilDate
    private let rates: DefectRates
    private let flows: Flows
    private let atlas: DivisionAtlas
    private let names: NameBook
    private let ethnicities: Ethnicities
    private let words: WordBook

    /// Days before the last one on which the first people arrived.
    static let arrivalDays = 3650

    init(_ plan: SynthesisPlan, _ atlas: DivisionAtlas, _ ethnicities: Ethnicities, _ phrases: inout Phrases)
        throws(SynthesisError)
    {
        seed = plan.seed
        kind = plan.layout.kind
        register = Int(plan.layout.province.number)
        lastDay = plan.lastDay
        rates = plan.defects
        flows = try Flows(to: register)
        self.atlas = atlas
        self.ethnicities = ethnicities
        names = NameBook(&phrases)
        words = WordBook(&phrases)
    }

    func facts(of row: Int) -> Facts {
        var random = SyntheticRandom(seed: seed, row: UInt64(row), .person)
        var defect = drawnDefect(of: row)
        let arrival = lastDay.adding(days: -random.below(Self.arrivalDays))
        let registered = min(lastDay, arrival.adding(days: random.below(30)))
        let isMale = random.chance(of: 530)
        let person = person(isMale: isMale, arrival: arrival, &defect, &random)
        let residence = division(in: register, since: arrival.year, &random)
        let event = event(after: registered, row)
        return Facts(
            row: row, defect: defect, number: person.number, isMale: isMale, birth: person.birth,
            ethnicity: person.ethnicity, name: person.name, home: person.home, residence: residence, arrival: arrival,
            registered: registered, reason: words.reason(age: person.age, &random), newResidence: event.division,
            event: event.day, ending: words.ending(of: event.state, since: event.day, lastDay: lastDay),
            state: event.state,
            details: SyntheticRandom(seed: seed, row: UInt64(row), .details))
    }

    private func drawnDefect(of row: Int) -> Defect? {
        var random = SyntheticRandom(seed: seed, row: UInt64(row), .defect)
        return rates.draw(for: kind, &random)
    }

    /// What came after an arrival.
    private func event(after registered: CivilDate, _ row: Int) -> (
        day: CivilDate, division: DivisionAtlas.ID, state: Word
    ) {
        var random = SyntheticRandom(seed: seed, row: UInt64(row), .event)
        let day = registered.adding(days: random.below(Int(lastDay.daysSince1970 - registered.daysSince1970) + 1))
        let division = division(in: register, since: registered.year, &random)
        return (day, division, words.state(of: kind, &random))
    }

    /// A division that was valid in every year since one.
    private func division(in province: Int, since year: Int, _ random: inout SyntheticRandom) -> DivisionAtlas.ID {
        let choices = atlas.province(province)
        for _ in 0..<16 {
            let id = random.pick(choices.current)
            if atlas.isValid(id, throughout: year...lastDay.year) { return id }
        }
        return random.pick(choices.steady)
    }
}

extension Population {
    private struct Person {
        var number: IdentityDigits
        var birth: CivilDate
        var age: Int
        var ethnicity: Phrases.ID
        var name: PersonName
        var home: DivisionAtlas.ID
    }

    /// The same number has the same name in every row: who comes up twice, came twice.
    private func person(
        isMale: Bool, arrival: CivilDate, _ defect: inout Defect?, _ random: inout SyntheticRandom
    ) -> Person {
        let origin = flows.origin(&random)
        var home = division(in: origin, since: arrival.year, &random)
        var (age, birth) = birth(before: arrival, &random)
        if defect == .legacy15, birth.year >= 2000 { (age, birth) = (age + 40, birth.adding(days: -14_610)) }
        let issued = birth.year < 1984 ? random.within(1984...1990) : birth.year
        var origins = atlas.numberCode(of: birthplace(of: home, issued, &random), in: issued, &random)
        if defect == .oldDivision { defect = moveBack(&home, &origins, origin, birth, &random) }
        let division = numberDivision(origins, birth, defect, &random)
        var number = IdentityDigits(division: division, birth: birth, sequence: sequence(isMale, &random))
        while !suits(number, defect) {
            birth = birth.adding(days: -1)
            number = IdentityDigits(division: division, birth: birth, sequence: sequence(isMale, &random))
        }
        var own = SyntheticRandom(seed: seed, row: number.value, .name)
        let ethnicity = ethnicities.pick(in: atlas.province(of: origins), &own)
        let name = name(ethnicity, isMale, birth.year, defect, &own)
        if defect == .ethnicShort, ethnicities.short[ethnicity] == nil { defect = nil }
        return Person(number: number, birth: birth, age: age, ethnicity: ethnicity, name: name, home: home)
    }

    /// Ages on arrival: mostly those who work.
    private func birth(before arrival: CivilDate, _ random: inout SyntheticRandom) -> (age: Int, CivilDate) {
        let drawn = random.within(Self.ages.pick(&random))
        // Nobody under 16 is employed.
        let age = kind == .employment && drawn < 16 ? drawn + 18 : drawn
        return (age, arrival.adding(days: -(age * 1461 / 4) - random.below(365) - 1))
    }

    private static let ages = WeightedChoice<ClosedRange<Int>>([
        (0...5, 6), (6...14, 9), (15...24, 17), (25...34, 27), (35...44, 18), (45...54, 13), (55...64, 6), (65...85, 4),
    ])

    /// Most people are still registered where they got their number.
    private func birthplace(of home: DivisionAtlas.ID, _ year: Int, _ random: inout SyntheticRandom) -> DivisionAtlas.ID
    {
        guard random.chance(of: 80) else { return home }
        return random.pick(atlas.province(atlas.province(of: home)).current)
    }

    /// The register keeps a division that was abolished before the person came; nil when the province has none.
    private func moveBack(
        _ home: inout DivisionAtlas.ID, _ origins: inout DivisionAtlas.ID, _ province: Int, _ birth: CivilDate,
        _ random: inout SyntheticRandom
    ) -> Defect? {
        let abolished = atlas.province(province).abolished
        guard !abolished.isEmpty else { return nil }
        home = random.pick(abolished)
        if atlas.lastYear(of: home) >= birth.year { origins = home }
        return .oldDivision
    }

    /// The first six digits.
    private func numberDivision(
        _ origins: DivisionAtlas.ID, _ birth: CivilDate, _ defect: Defect?, _ random: inout SyntheticRandom
    ) -> UInt32 {
        let code = atlas.code(origins).number
        switch defect {
        case .numberProvince: return 990_000 + code % 10_000
        case .numberDivision:
            let abolished = random.pick(atlas.province(atlas.province(of: origins)).abolished + [origins])
            // xx9999 was never a code.
            return atlas.lastYear(of: abolished) < birth.year
                ? atlas.code(abolished).number : code / 10_000 * 10_000 + 9999
        default: return code
        }
    }

    private func sequence(_ isMale: Bool, _ random: inout SyntheticRandom) -> Int {
        996 + 2 * random.below(2) + (isMale ? 1 : 0)
    }

    private func suits(_ number: IdentityDigits, _ defect: Defect?) -> Bool {
        switch defect {
        case .lowerX: number.endsInX
        case .excelZeros: number.isDamagedByZeros
        default: true
        }
    }

    private func name(
        _ ethnicity: Phrases.ID, _ isMale: Bool, _ birthYear: Int, _ defect: Defect?, _ random: inout SyntheticRandom
    ) -> PersonName {
        switch defect {
        case .middleDot: names.dottedName(isMale: isMale, &random)
        case .nameSpace, .nameGarbled: names.hanName(isMale: isMale, birthYear: birthYear, &random)
        default: names.name(ethnicity: ethnicity, isMale: isMale, birthYear: birthYear, &random)
        }
    }
}
