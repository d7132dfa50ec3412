import Interchange

/// Brings the leaves of a window's rows into one order of id, holding no more than ``most`` of them, however rows overlap.
///
/// Rows mostly follow each other, and then each goes through as it comes. Where more leaves overlap than are held, those with the
/// higher ids are left to another pass over the rows, from ``rest`` on.
struct LeafOrder {
    /// Leaves that are held at a time: 64 bytes each.
    static let most = 1 << 19

    /// From where another pass has to go on; nil when this one saw everything.
    private(set) var rest: MessageID?
    private let most: Int
    private var held: [StoredLeaf] = []
    private var isSorted = true
    private var highest: MessageID?

    init(most: Int = LeafOrder.most) { self.most = max(2, most) }

    /// - Parameters:
    ///   - row: in order of id.
    ///   - first: neither this row nor a later one has a lower id; of two calls the later has no lower one.
    ///   - emit: gets what no later row can speak of; false ends it.
    /// - Returns: false when `emit` did, or when this row and all later ones are another pass's.
    mutating func add(_ row: [StoredLeaf], from first: MessageID, emit: (Leaf) throws -> Bool) rethrows -> Bool {
        if let rest, first >= rest { return false }
        guard let last = row.last?.id else { return true }
        if let highest, highest < first {
            guard try flush(before: nil, emit) else { return false }
        }
        isSorted = held.isEmpty
        if let rest { held += row.prefix { $0.id < rest } } else { held += row }
        highest = max(highest ?? last, last)
        guard held.count >= most else { return true }
        guard try flush(before: first, emit) else { return false }
        if held.count > most / 2 {
            rest = held[most / 2].id
            held.removeSubrange((most / 2)...)
        }
        return true
    }

    mutating func finish(emit: (Leaf) throws -> Bool) rethrows -> Bool { try flush(before: nil, emit) }

    /// Hands over what is held below an id.
    private mutating func flush(before end: MessageID?, _ emit: (Leaf) throws -> Bool) rethrows -> Bool {
        sort()
        let stop = end.map { end in held.firstIndex { $0.id >= end } ?? held.endIndex } ?? held.endIndex
        for stored in held[..<stop] {
            if let leaf = stored.leaf, try !emit(leaf) { return false }
        }
        held.removeSubrange(..<stop)
        return true
    }

    /// Of leaves that speak of one envelope, the one of the newest row stays.
    private mutating func sort() {
        guard !isSorted else { return }
        held.sort { ($0.id, $1.row) < ($1.id, $0.row) }
        var kept = 0
        for place in held.indices where place == 0 || held[place].id != held[kept - 1].id {
            held[kept] = held[place]
            kept += 1
        }
        held.removeSubrange(kept...)
        isSorted = true
    }
}
