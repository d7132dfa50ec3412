/// The ethnicities of a province's people.
struct Ethnicities: Sendable {
    let han: Phrases.ID
    /// Without their last character: 汉 for 汉族.
    private(set) var short: [Phrases.ID: Phrases.ID] = [:]
    private var provinces: [WeightedChoice<Phrases.ID>]

    init(_ phrases: inout Phrases) {
        han = phrases.add("汉族")
        var rest = Array(repeating: 1000, count: 100)
        provinces = Array(repeating: WeightedChoice(), count: 100)
        short[han] = phrases.add("汉")
        for row in DataFile.ethnicities.rows where row.count == 3 {
            guard let province = Int(row[0]), let share = Int(row[2]), provinces.indices.contains(province) else {
                continue
            }
            let name = phrases.add(row[1])
            provinces[province].add(name, share)
            rest[province] -= share
            short[name] = phrases.add(row[1].dropLast())
        }
        for province in provinces.indices { provinces[province].add(han, rest[province]) }
    }

    /// - Parameter province: two digits.
    func pick(in province: Int, _ random: inout SyntheticRandom) -> Phrases.ID { provinces[province].pick(&random) }
}
