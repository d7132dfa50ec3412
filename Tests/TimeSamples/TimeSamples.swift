/// How long acts of several kinds took, and whether their times tell the kinds apart.
public struct TimeSamples<Kind: Hashable & Sendable>: Sendable {
    private var times: [Kind: [Double]] = [:]

    public init() {}

    public mutating func add(_ time: Duration, of kind: Kind) {
        times[kind, default: []].append(
            Double(time.components.attoseconds) / 1e12 + Double(time.components.seconds) * 1e6)
    }

    /// Each two kinds with Welch's t of their times, which is beyond 4.5 by chance once in some hundred thousand.
    public var comparisons: [(first: Kind, second: Kind, t: Double)] {
        let kinds = Array(times.keys)
        return kinds.indices.flatMap { place in
            kinds[(place + 1)...].map { second in
                (kinds[place], second, welch(trimmed(kinds[place]), trimmed(second)))
            }
        }
    }

    /// Without the slowest fifth: what the disk and the scheduler add now and then.
    private func trimmed(_ kind: Kind) -> [Double] {
        let times = times[kind] ?? []
        return Array(times.sorted().prefix(times.count * 4 / 5))
    }

    private func welch(_ first: [Double], _ second: [Double]) -> Double {
        func moments(_ sample: [Double]) -> (mean: Double, error: Double) {
            let mean = sample.reduce(0, +) / Double(sample.count)
            let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (mean, squares / Double(sample.count - 1) / Double(sample.count))
        }
        let (one, other) = (moments(first), moments(second))
        return (one.mean - other.mean) / (one.error + other.error).squareRoot()
    }
}
