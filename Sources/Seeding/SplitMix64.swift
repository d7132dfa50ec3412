/// The same numbers for the same seed, everywhere: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014). For tests, synthetic data and simulations; never for a secret.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= Self.gamma
        return Self.mix(state)
    }

    public mutating func next(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// What is added to the state for each number.
    public static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Spreads a word over all its bits; no two words come to the same.
    public static func mix(_ word: UInt64) -> UInt64 {
        var mixed = word
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
