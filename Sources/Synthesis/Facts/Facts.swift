import Interchange

/// What one row is about, before it is written down.
struct Facts: Sendable {
    /// From 1.
    var row: Int
    /// What was planted; nil also when this person cannot have what was drawn.
    var defect: Defect?

    var number: IdentityDigits
    var isMale: Bool
    var birth: CivilDate
    var ethnicity: Phrases.ID
    var name: PersonName
    /// What the register says of the person's household registration.
    var home: DivisionAtlas.ID
    var residence: DivisionAtlas.ID
    var arrival: CivilDate
    var registered: CivilDate
    var reason: Word

    /// Where a relocation goes.
    var newResidence: DivisionAtlas.ID
    /// The day of a departure, a relocation, a permit's issue, or an employment's beginning.
    var event: CivilDate
    /// The last day of an endorsement, or of an employment that ended.
    var ending: CivilDate?
    /// Departure's cause, permit's status, employment's status.
    var state: Word
    /// For what nobody compares: house numbers, telephones.
    var details: SyntheticRandom

    /// Whether the person was over 22 on arrival.
    var isGrown: Bool { arrival.daysSince1970 - birth.daysSince1970 > 22 * 366 }
}

/// A word of a source and the code that it means.
struct Word: Sendable {
    var written: Phrases.ID
    var code: Phrases.ID

    init(_ written: String, _ code: String, _ phrases: inout Phrases) {
        self.written = phrases.add(written)
        self.code = phrases.add(code)
    }
}

/// The words of the source's own lists, by frequency.
struct WordBook: Sendable {
    /// Reasons of arrival by age: under 6, 15, 23, 60, and above.
    private let reasons: [WeightedChoice<Word>]
    private let causes: WeightedChoice<Word>
    private let permitStates: WeightedChoice<Word>
    private let employmentStates: WeightedChoice<Word>
    private let endorsed: Word
    private let left: Word

    init(_ phrases: inout Phrases) {
        func words(_ weighted: [(String, String, Int)]) -> WeightedChoice<Word> {
            WeightedChoice(weighted.map { (Word($0.0, $0.1, &phrases), $0.2) })
        }
        reasons = [
            words([("随迁", "06", 70), ("投亲靠友", "08", 25), ("其他", "99", 5)]),
            words([("随迁", "06", 55), ("学习培训", "04", 35), ("投亲靠友", "08", 10)]),
            words([("务工", "01", 50), ("学习培训", "04", 38), ("随迁", "06", 7), ("经商", "03", 3), ("其他", "99", 2)]),
            words([
                ("务工", "01", 60), ("经商", "03", 14), ("工作调动", "09", 8), ("随迁", "06", 6), ("婚嫁", "99", 5),
                ("务农", "02", 2), ("投亲靠友", "08", 2), ("学习培训", "04", 1), ("治病疗养", "99", 1), ("其他", "99", 1),
            ]),
            words([("随迁", "06", 45), ("投亲靠友", "08", 34), ("治病疗养", "99", 9), ("务工", "01", 8), ("其他", "99", 4)]),
        ]
        causes = words([
            ("离开本地", "left", 40), ("返回户籍地", "returnedHome", 35), ("迁往他地", "movedOn", 15),
            ("转为本地户籍", "becameLocal", 7), ("死亡", "deceased", 2), ("登记错误", "registeredInError", 1),
        ])
        permitStates = words([("签发", "issued", 60), ("签注", "endorsed", 40)])
        employmentStates = words([("在职", "employed", 70), ("离职", "left", 25), ("不明", "unknown", 5)])
        endorsed = Word("签注", "endorsed", &phrases)
        left = Word("离职", "left", &phrases)
    }

    func state(of kind: Kind, _ random: inout SyntheticRandom) -> Word {
        switch kind {
        case .permit: permitStates.pick(&random)
        case .employment: employmentStates.pick(&random)
        default: causes.pick(&random)
        }
    }

    /// When a state ends that began on a day. An endorsement lasts at most one year.
    func ending(of state: Word, since day: CivilDate, lastDay: CivilDate) -> CivilDate? {
        if state.written == endorsed.written { return day.adding(days: 364) }
        return state.written == left.written ? lastDay : nil
    }

    func reason(age: Int, _ random: inout SyntheticRandom) -> Word {
        reasons[age < 6 ? 0 : age < 15 ? 1 : age < 23 ? 2 : age < 60 ? 3 : 4].pick(&random)
    }
}
