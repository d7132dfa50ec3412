/// The newest entries, by group and key, without an order: open addressing over one flat block of entries.
struct MemoryTable {
    private(set) var count = 0
    private let shape: RunShape
    private let hash: KeyHash
    /// Place of an entry plus one; 0 is free.
    private var slots: [UInt32]
    private var entries: [UInt8] = []

    init(shape: RunShape, seed: UInt64) {
        self.shape = shape
        hash = KeyHash(seed: seed)
        slots = [UInt32](repeating: 0, count: 4_096)
    }

    /// Sets or replaces an entry.
    /// - Returns: the entry that stood there before; nil for a new one.
    mutating func put(_ entry: UnsafeRawBufferPointer) -> [UInt8]? {
        if (count + 1) * 2 > slots.count { grow() }
        let slot = slot(of: entry)
        let size = shape.entryBytes
        if slots[slot] > 0 {
            let start = Int(slots[slot] - 1) * size
            let before = Array(entries[start..<start + size])
            entries.withUnsafeMutableBytes { $0[start..<start + size].copyBytes(from: entry) }
            return before
        }
        entries.append(contentsOf: entry)
        count += 1
        slots[slot] = UInt32(count)
        return nil
    }

    /// Undoes the newest ``put(_:)`` that added an entry.
    mutating func removeLast() {
        let size = shape.entryBytes
        let last = Array(entries[(count - 1) * size..<count * size])
        let free = last.withUnsafeBytes { self.slot(of: $0) }
        // Nothing was put behind it since, so no probe runs over its slot.
        slots[free] = 0
        entries.removeLast(size)
        count -= 1
    }

    /// The entry with this key.
    func entry<Result>(of key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
        -> Result?
    {
        let slot = slot(of: key)
        guard slots[slot] > 0 else { return nil }
        return try withEntry(Int(slots[slot] - 1), body)
    }

    /// Every entry of the group, in the order in which they came.
    func forEach(group: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(group)) & mask
        while slots[slot] > 0 {
            try withEntry(Int(slots[slot] - 1)) { entry in
                if entry.isEqual(to: group, bytes: shape.groupBytes) { try body(entry) }
            }
            slot = (slot + 1) & mask
        }
    }

    /// Places of the entries in the order of their keys.
    func sortedPlaces() -> [Int] {
        entries.withUnsafeBytes { bytes in
            let size = shape.entryBytes
            func entry(_ place: Int) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: bytes[place * size..<(place + 1) * size])
            }
            return (0..<count).sorted { entry($0).isLess(than: entry($1), bytes: shape.keyBytes) }
        }
    }

    func withEntry<Result>(_ place: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let size = shape.entryBytes
        return try entries.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[place * size..<(place + 1) * size]))
        }
    }

    /// Where the key is, or where it would be.
    private func slot(of key: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(UnsafeRawBufferPointer(rebasing: key[..<shape.groupBytes]))) & mask
        let size = shape.entryBytes
        entries.withUnsafeBytes { entries in
            while slots[slot] > 0 {
                let start = Int(slots[slot] - 1) * size
                let held = UnsafeRawBufferPointer(rebasing: entries[start..<start + shape.keyBytes])
                if held.isEqual(to: key, bytes: shape.keyBytes) { return }
                slot = (slot + 1) & mask
            }
        }
        return slot
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for place in 0..<count {
            let hashed = withEntry(place) { hash(UnsafeRawBufferPointer(rebasing: $0[..<shape.groupBytes])) }
            var slot = Int(truncatingIfNeeded: hashed) & mask
            while slots[slot] > 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(place + 1)
        }
    }
}
