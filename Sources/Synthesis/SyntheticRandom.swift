import Seeding

/// The numbers that one row is made of: ``SplitMix64``, begun anew for each row and stream, so that a row does not depend on those
/// before it.
///
/// Nothing else decides: no clock, no random source of the system, no order of a dictionary. The same seed gives the same
/// bytes on every machine.
struct SyntheticRandom: Sendable {
    /// What a sequence of numbers is for. Values are part of what a seed gives: add, never renumber.
    enum Stream: UInt64 {
        case person = 1, name, defect, event, details
    }

    private var numbers: SplitMix64

    init(seed: UInt64, row: UInt64, _ stream: Stream) {
        let of = SplitMix64.mix(SplitMix64.mix(SplitMix64.mix(seed &+ SplitMix64.gamma) &+ row) &+ stream.rawValue)
        numbers = SplitMix64(seed: of)
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// 0 up to `count` - 1. The bias of at most `count` / 2^64 is accepted.
    ///
    /// - Parameter count: 1 or more.
    mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    mutating func chance(of thousandths: Int) -> Bool { below(1000) < thousandths }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}

/// Chooses among things that are not equally frequent.
struct WeightedChoice<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    /// Sums of the weights up to and with each element.
    private var sums: [Int] = []

    init(_ weighted: [(Element, Int)] = []) {
        for (element, weight) in weighted { add(element, weight) }
    }

    /// - Parameter weight: above 0; others are not added.
    mutating func add(_ element: Element, _ weight: Int) {
        guard weight > 0 else { return }
        elements.append(element)
        sums.append((sums.last ?? 0) + weight)
    }

    var isEmpty: Bool { elements.isEmpty }

    /// Takes one number of the sequence. There must be an element.
    func pick(_ random: inout SyntheticRandom) -> Element {
        let drawn = random.below(sums.last ?? 1)
        var low = 0
        var high = elements.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > drawn { high = middle } else { low = middle + 1 }
        }
        return elements[low]
    }
}
