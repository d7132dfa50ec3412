/// A set of small numbers that is emptied in constant time, in the order in which they came.
///
/// After Preston Briggs and Linda Torczon, "An Efficient Representation for Sparse Sets": a number is in the set when the
/// two arrays point at each other.
struct StateSet {
    private var places: [Int32]
    private(set) var members: [Int32] = []

    /// - Parameter capacity: one more than the largest number.
    init(capacity: Int) { places = Array(repeating: 0, count: capacity) }

    func contains(_ number: Int32) -> Bool {
        let place = Int(places[Int(number)])
        return place < members.count && members[place] == number
    }

    /// - Returns: whether the number was not in the set.
    @discardableResult
    mutating func insert(_ number: Int32) -> Bool {
        if contains(number) { return false }
        places[Int(number)] = Int32(members.count)
        members.append(number)
        return true
    }

    mutating func removeAll() { members.removeAll(keepingCapacity: true) }
}
