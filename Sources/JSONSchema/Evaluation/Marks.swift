/// Which items or members of one instance have been evaluated, by position.
struct Marks {
    /// Whether anyone will ask; nothing is recorded otherwise.
    let isNeeded: Bool
    private var all = false
    private var words: [UInt64] = []

    static var unneeded: Marks { Marks(isNeeded: false) }

    init(isNeeded: Bool) { self.isNeeded = isNeeded }

    func contains(_ position: Int) -> Bool {
        all || position >> 6 < words.count && words[position >> 6] & 1 << UInt64(position & 63) != 0
    }

    mutating func insert(_ position: Int) {
        guard isNeeded else { return }
        while words.count <= position >> 6 { words.append(0) }
        words[position >> 6] |= 1 << UInt64(position & 63)
    }

    mutating func insertAll() {
        if isNeeded { all = true }
    }

    mutating func formUnion(_ other: Marks) {
        guard isNeeded else { return }
        all = all || other.all
        while words.count < other.words.count { words.append(0) }
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }
}
