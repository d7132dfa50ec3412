/// From which provinces the people came who moved to one.
struct Flows: Sendable {
    private let origins: WeightedChoice<Int>

    /// - Parameter province: two digits.
    /// - Throws: ``SynthesisError/Code/noMigrants``.
    init(to province: Int) throws(SynthesisError) {
        var origins = WeightedChoice<Int>()
        for row in DataFile.flows.rows where row.count == 3 && Int(row[1]) == province {
            if let origin = Int(row[0]), let persons = Int(row[2]) { origins.add(origin, persons) }
        }
        guard !origins.isEmpty else {
            throw SynthesisError(
                .noMigrants, "The model of flows has nobody who moved to province \(province)",
                remedy: "Choose a province of the mainland, such as 44")
        }
        self.origins = origins
    }

    func origin(_ random: inout SyntheticRandom) -> Int { origins.pick(&random) }
}
