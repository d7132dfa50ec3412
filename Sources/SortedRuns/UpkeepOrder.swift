/// Whose turn it is, of several indexes that share a storage's upkeep.
///
/// An index whose table in memory is full comes first, so that a long merge of one does not make the others grow; the rest
/// take turns.
public struct UpkeepOrder: Sendable {
    /// The place after the one that was served last.
    private var place = 0

    public init() {}

    /// The index that is to do one step of upkeep now; nil when none has anything to do.
    public mutating func next(of indexes: [RunIndex]) -> RunIndex? {
        let inTurn = indexes.indices.map { (place + $0) % indexes.count }
        let found =
            inTurn.first { indexes[$0].isFull } ?? inTurn.first { indexes[$0].needsUpkeep }
        guard let found else { return nil }
        place = found + 1
        return indexes[found]
    }
}
