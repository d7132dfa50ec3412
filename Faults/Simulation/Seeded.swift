import Seeding

/// Random choices that a seed replays (SplitMix64).
public struct Seeded: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    public init(_ seed: UInt64) { numbers = SplitMix64(seed: seed) }

    /// Choices of their own for a part, so that parts do not shift each other's.
    public init(_ seed: UInt64, for part: String) {
        self.init(part.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    public mutating func next() -> UInt64 { numbers.next() }

    /// True once in so many times.
    public mutating func once(in times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

    /// Some of the numbers, in order, all when no more than `count` are there.
    public mutating func sample(_ numbers: ClosedRange<Int>, _ count: Int) -> [Int] {
        guard numbers.count > count else { return Array(numbers) }
        var chosen: Set<Int> = []
        while chosen.count < count { chosen.insert(Int.random(in: numbers, using: &self)) }
        return chosen.sorted()
    }
}
