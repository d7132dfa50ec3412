import SortedRuns
import Testing

@Suite struct UpkeepOrderTests {
    private let storage = MemoryRunStorage()
    private let indexes: [RunIndex]

    init() throws {
        let storage = storage
        indexes = try (0..<3).map {
            try RunIndex(
                RunShape(index: $0, keyBytes: 8, valueBytes: 1), seed: 1, memoryEntries: 10, in: storage)
        }
    }

    private func fill(_ index: RunIndex, from first: UInt8) throws {
        for number in first..<first + 10 { index.put([number, 0, 0, 0, 0, 0, 0, 0], [1]) }
        try index.write(to: storage)
        index.committed()
    }

    private func maintain(_ index: RunIndex) throws {
        try index.maintain(in: storage)
        index.committed()
    }

    /// Makes runs until there are enough to be merged.
    private func crowd(_ index: RunIndex) throws {
        for run in 0..<RunLimits.fanIn {
            try fill(index, from: UInt8(run * 10))
            try maintain(index)
        }
        #expect(index.needsUpkeep && !index.isFull)
    }

    @Test func aLongMergeDoesNotMakeOtherTablesGrow() throws {
        var order = UpkeepOrder()
        try crowd(indexes[0])
        #expect(order.next(of: indexes) === indexes[0])
        try maintain(indexes[0])
        try fill(indexes[2], from: 0)
        #expect(order.next(of: indexes) === indexes[2])
        try maintain(indexes[2])
        #expect(order.next(of: indexes) === indexes[0])
    }

    @Test func thoseThatMergeTakeTurns() throws {
        var order = UpkeepOrder()
        for index in indexes { try crowd(index) }
        let served = (0..<6).compactMap { _ in order.next(of: indexes) }.map(\.shape.index)
        #expect(served == [0, 1, 2, 0, 1, 2])
    }

    @Test func nobodyIsServedWhenThereIsNothingToDo() {
        var order = UpkeepOrder()
        #expect(order.next(of: indexes) === nil)
        #expect(order.next(of: []) === nil)
    }
}
