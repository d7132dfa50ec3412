import Seeding
import SortedRuns
import Testing

/// A storage in memory that commits and takes back as a database does.
final class MemoryRunStorage: RunStorage {
    struct Content {
        var pages: [Int64: [UInt8]] = [:]
        var runs: [Int64: StoredRun] = [:]
        var logs: [Int: [Int: (epoch: Int, entries: [UInt8])]] = [:]
        var epochs: [Int: Int] = [:]
    }
    var open = Content()
    var durable = Content()

    func commit() { durable = open }
    func rollBack() { open = durable }

    func page(_ id: Int64) throws -> [UInt8]? { open.pages[id] }
    func putPage(_ id: Int64, _ bytes: [UInt8]) throws { open.pages[id] = bytes }
    func dropPages(_ ids: Range<Int64>, limit: Int, isErasing: Bool) throws -> Bool {
        let found = open.pages.keys.filter { ids.contains($0) }
        for id in found.prefix(limit) { open.pages[id] = nil }
        return found.count <= limit
    }
    func putRun(_ run: StoredRun) throws { open.runs[run.id] = run }
    func dropRun(_ id: Int64) throws { open.runs[id] = nil }
    func runs(of index: Int) throws -> [StoredRun] { open.runs.values.filter { $0.index == index } }
    func beginLog(of index: Int, epoch: Int) throws { open.epochs[index] = epoch }
    func putLog(of index: Int, epoch: Int, place: Int, _ entries: [UInt8]) throws {
        open.logs[index, default: [:]][place] = (epoch, entries)
    }
    func log(of index: Int) throws -> (epoch: Int, entries: [[UInt8]]) {
        let epoch = open.epochs[index] ?? 0
        let rows = (open.logs[index] ?? [:]).filter { $0.value.epoch == epoch }
        return (epoch, rows.sorted { $0.key < $1.key }.map(\.value.entries))
    }
    func clearLog(of index: Int) throws { open.logs[index] = nil }
}

@Suite struct RunIndexTests {
    private let shape = RunShape(index: 3, keyBytes: 12, groupBytes: 9, valueBytes: 4)

    /// Keys of few groups, so that groups have several and keys come again.
    private func key(_ generator: inout SplitMix64) -> [UInt8] {
        let group = UInt8.random(in: 0..<40, using: &generator)
        return [group, 1, 2, 3, 4, 5, 6, 7, group ^ 0x55] + [0, 0, UInt8.random(in: 0..<25, using: &generator)]
    }

    @Test(arguments: [UInt64(1), 2, 3, 4]) func doesWhatADictionaryDoes(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let storage = MemoryRunStorage()
        var index = try RunIndex(shape, seed: 7, memoryEntries: 50, in: storage)
        var model: [[UInt8]: [UInt8]] = [:]
        for turn in 0..<3_000 {
            let before = (index.mark(), model)
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                let key = key(&generator)
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    index.remove(key)
                    model[key] = nil
                } else {
                    let value = (0..<4).map { _ in UInt8.random(in: 0...255, using: &generator) }
                    index.put(key, value)
                    model[key] = value
                }
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                index.restore(before.0)
                model = before.1
            }
            try index.write(to: storage)
            storage.commit()
            index.committed()
            if index.needsUpkeep {
                let mark = index.mark()
                try index.maintain(in: storage)
                if Int.random(in: 0..<6, using: &generator) == 0 {
                    storage.rollBack()
                    index.restore(mark)
                } else {
                    storage.commit()
                    index.committed()
                }
            }
            if turn % 97 == 0 { index = try RunIndex(shape, seed: 8, memoryEntries: 50, in: storage) }
            let probe = key(&generator)
            #expect(try index.value(of: probe, in: storage) == model[probe], "seed \(seed), turn \(turn)")
            if turn % 10 == 0 { try compare(index, storage, model, group: Array(probe[..<9])) }
        }
        for (key, value) in model { #expect(try index.value(of: key, in: storage) == value) }
    }

    private func compare(
        _ index: RunIndex, _ storage: MemoryRunStorage, _ model: [[UInt8]: [UInt8]], group: [UInt8]
    ) throws {
        var found: [[UInt8]: [UInt8]] = [:]
        try index.forEach(group: group, in: storage) { found[$0] = $1 }
        #expect(found == model.filter { $0.key.starts(with: group) })
    }

    /// So many that they are spread over buckets before they are sorted: evenly, in one bucket, and with equal fronts.
    @Test(arguments: [0, 2, 8]) func manyKeysWithEqualFrontsBecomeARun(_ equalBytes: Int) throws {
        var generator = SplitMix64(seed: UInt64(equalBytes))
        let storage = MemoryRunStorage()
        let index = try RunIndex(shape, seed: 7, memoryEntries: 10_000, in: storage)
        var model: [[UInt8]: [UInt8]] = [:]
        while model.count < 10_000 {
            let random = (equalBytes..<12).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let key = [UInt8](repeating: 0xA5, count: equalBytes) + random
            model[key] = [1, 2, 3, 4]
            index.put(key, [1, 2, 3, 4])
        }
        try index.write(to: storage)
        index.committed()
        try index.maintain(in: storage)
        index.committed()
        #expect(storage.open.runs.values.map(\.entries) == [10_000])
        let pages = storage.open.pages.sorted { $0.key < $1.key }.flatMap { $0.value }
        let keys = stride(from: 0, to: pages.count, by: 17).map { Array(pages[$0..<$0 + 12]) }
        #expect(keys == model.keys.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func whatWasPutBeforeACommitIsThereAfterAStart() throws {
        let storage = MemoryRunStorage()
        let index = try RunIndex(shape, seed: 1, in: storage)
        index.put([UInt8](repeating: 9, count: 12), [1, 2, 3, 4])
        try index.write(to: storage)
        let again = try RunIndex(shape, seed: 2, in: storage)
        #expect(try again.value(of: [UInt8](repeating: 9, count: 12), in: storage) == [1, 2, 3, 4])
        #expect(try again.value(of: [UInt8](repeating: 8, count: 12), in: storage) == nil)
    }

    @Test func mergesKeepTheNumberOfRunsSmallAndLeaveNoPagesBehind() throws {
        let storage = MemoryRunStorage()
        let wide = RunShape(index: 1, keyBytes: 16, valueBytes: 8)
        let index = try RunIndex(wide, seed: 1, memoryEntries: 100, in: storage)
        var generator = SplitMix64(seed: 11)
        // Runs of runs: as many as become one of the second level.
        let entries = 100 * RunLimits.fanIn * RunLimits.fanIn
        for _ in 0..<entries {
            let key = withUnsafeBytes(of: (generator.next(), generator.next())) { Array($0) }
            index.put(key, [0, 0, 0, 0, 0, 0, 0, 1])
            try index.write(to: storage)
            index.committed()
            while index.needsUpkeep {
                try index.maintain(in: storage)
                index.committed()
            }
        }
        #expect(storage.open.runs.count == 1)
        #expect(storage.open.runs.values.map(\.entries) == [entries])
        // 160 entries of 25 bytes a page.
        #expect(storage.open.pages.count == entries / 160)
        // A hundred places are enough, one for each transaction of an epoch.
        #expect(storage.open.logs[1]?.count == 100)
        #expect(try storage.log(of: 1).entries.isEmpty)
    }

    @Test func condensingLeavesNothingOfWhatIsNotKept() throws {
        let storage = MemoryRunStorage()
        let index = try RunIndex(shape, seed: 1, memoryEntries: 20, in: storage)
        func commit() throws {
            try index.write(to: storage)
            index.committed()
        }
        func key(_ number: UInt8) -> [UInt8] { [number] + [UInt8](repeating: 0x5A, count: 11) }
        for number: UInt8 in 0..<200 {
            index.put(key(number), [number % 2, number, 7, 7])
            // An old value that would be kept does not come back in the place of the new one that is not.
            if number == 10 { index.put(key(11), [1, 11, 7, 7]) }
            try commit()
            if index.needsUpkeep { try index.maintain(in: storage) }
            index.committed()
        }
        index.put(key(11), [0, 11, 7, 7])
        index.condense { $0[0] == 1 }
        try commit()
        var steps = 0
        while index.isCondensing {
            try index.maintain(in: storage)
            index.committed()
            // What comes meanwhile stays, whatever its value.
            if steps == 1 {
                index.put(key(4), [0, 4, 8, 8])
                try commit()
            }
            steps += 1
        }
        for number: UInt8 in 0..<200 {
            let expected: [UInt8]? =
                number == 4 ? [0, 4, 8, 8] : number % 2 == 1 && number != 11 ? [1, number, 7, 7] : nil
            #expect(try index.value(of: key(number), in: storage) == expected, "\(number)")
        }
        #expect(storage.open.runs.count == 1)
        #expect(storage.open.runs.values.map(\.entries) == [99])
        // Nor in the log, of whose rows none is older than the condensing.
        #expect(storage.open.logs[3]?.values.map(\.entries).count == 1)
        let again = try RunIndex(shape, seed: 2, memoryEntries: 20, in: storage)
        #expect(try again.value(of: key(4), in: storage) == [0, 4, 8, 8])
        #expect(try again.value(of: key(11), in: storage) == nil)
    }

    @Test func workThatGoesOnDoesNotKeepCondensingFromBeginning() throws {
        let storage = MemoryRunStorage()
        let index = try RunIndex(shape, seed: 1, memoryEntries: 100, in: storage)
        func key(_ number: UInt8) -> [UInt8] { [number] + [UInt8](repeating: 0x5A, count: 11) }
        index.put(key(0), [0, 0, 7, 7])
        index.condense { $0[0] == 1 }
        var steps = 0
        repeat {
            steps += 1
            index.put(key(UInt8(steps)), [1, 0, 7, 7])
            try index.write(to: storage)
            index.committed()
            try index.maintain(in: storage)
            index.committed()
        } while index.isCondensing && steps < 10
        // One makes a run and begins, one merges, one clears away.
        #expect(steps == 3)
        #expect(try index.value(of: key(0), in: storage) == nil)
        #expect(try index.value(of: key(1), in: storage) == [1, 0, 7, 7])
    }

    @Test func aMissingPageIsAnErrorNotAnAbsence() throws {
        let storage = MemoryRunStorage()
        let index = try RunIndex(shape, seed: 1, memoryEntries: 1, in: storage)
        let key = [UInt8](repeating: 5, count: 12)
        index.put(key, [1, 2, 3, 4])
        try index.write(to: storage)
        index.committed()
        try index.maintain(in: storage)
        index.committed()
        storage.open.pages = [:]
        #expect(throws: RunDamage.self) { try index.value(of: key, in: storage) }
    }
}
