/// Random choices that a seed replays (SplitMix64).
public struct Seeded: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(_ seed: UInt64) { state = seed }

    /// Choices of their own for a part, so that parts do not shift each other's.
    public init(_ seed: UInt64, for part: String) {
        state = part.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

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
