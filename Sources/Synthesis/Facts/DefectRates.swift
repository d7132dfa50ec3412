import Interchange

/// How many rows have which defect.
public struct DefectRates: Sendable {
    /// Shares in millionths of the rows.
    private let shares: [(defect: Defect, millionths: Int)]

    /// No defects.
    public static let none = DefectRates([])

    /// About as many as real exports have: 16 rows of 100, every kind as often as the others.
    public static let standard = DefectRates(total: 160_000)

    private init(_ shares: [(defect: Defect, millionths: Int)]) { self.shares = shares }

    /// - Parameter total: millionths of the rows, divided among all kinds.
    private init(total: Int) {
        shares = Defect.allCases.map { ($0, total / Defect.allCases.count) }
    }

    /// - Parameter text: a share of all rows, to be divided among all kinds (`0.05`), or the share of each kind that is to
    ///   occur (`order=0.01,checksum=0.002`). Shares are 0 to 1 together, and read to six decimals.
    /// - Throws: ``SynthesisError/Code/defect``.
    public init(_ text: String) throws(SynthesisError) {
        if let total = Self.millionths(text) {
            self.init(total: total)
            return
        }
        var shares: [(defect: Defect, millionths: Int)] = []
        for item in text.split(separator: ",") {
            let parts = item.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let defect = Defect(rawValue: String(parts[0])),
                let share = Self.millionths(String(parts[1]))
            else {
                throw SynthesisError(
                    .defect, "\(item) is no share of defects",
                    remedy: "Write 0.05, or KIND=0.01 with KIND one of \(Self.names)")
            }
            shares.append((defect, share))
        }
        guard !shares.isEmpty, shares.reduce(0, { $0 + $1.millionths }) <= 1_000_000 else {
            throw SynthesisError(.defect, "The shares of defects are not 0 to 1 together", remedy: "Make them smaller")
        }
        self.init(shares)
    }

    private static var names: String { Defect.allCases.map(\.rawValue).joined(separator: ", ") }

    /// Without floating point, so that a share is the same everywhere.
    private static func millionths(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts[0] == "0" || parts[0] == "1" else { return nil }
        let digits = parts.count == 2 ? String(parts[1].prefix(6)) : ""
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), parts.count == 1 || !digits.isEmpty else {
            return nil
        }
        let fraction = Int(digits + String(repeating: "0", count: 6 - digits.count)) ?? 0
        let total = (parts[0] == "1" ? 1_000_000 : 0) + fraction
        return total <= 1_000_000 ? total : nil
    }

    /// The defect that a row is to have; nil for most. What the kind cannot have is not planted.
    func draw(for kind: Kind, _ random: inout SyntheticRandom) -> Defect? {
        var drawn = random.below(1_000_000)
        for (defect, millionths) in shares {
            if drawn < millionths { return defect.occurs(in: kind) ? defect : nil }
            drawn -= millionths
        }
        return nil
    }
}
