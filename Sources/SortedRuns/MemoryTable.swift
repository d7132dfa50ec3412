internal import CPrefetch

/// The newest entries, by group and key, without an order: open addressing over one flat block of entries.
struct MemoryTable {
    private(set) var count = 0
    private let shape: RunShape
    private let hash: KeyHash
    /// The upper half of a group's hash above the place of an entry plus one; 0 is free.
    private var slots: [UInt64]
    private var entries: [UInt8] = []

    /// - Parameter room: for how many entries, so that it need not grow meanwhile.
    init(shape: RunShape, seed: UInt64, room: Int = 0) {
        self.shape = shape
        hash = KeyHash(seed: seed)
        var count = 4_096
        while count < room * 2 { count *= 2 }
        slots = [UInt64](repeating: 0, count: count)
        entries.reserveCapacity(room * shape.entryBytes)
    }

    /// Sets or replaces an entry.
    /// - Returns: the entry that stood there before; nil for a new one.
    mutating func put(_ entry: UnsafeRawBufferPointer) -> [UInt8]? {
        if (count + 1) * 2 > slots.count { grow() }
        let hashed = hash(UnsafeRawBufferPointer(rebasing: entry[..<shape.groupBytes]))
        let slot = slot(of: entry, hashed)
        let size = shape.entryBytes
        if slots[slot] > 0 {
            let start = Self.place(slots[slot]) * size
            let before = Array(entries[start..<start + size])
            entries.withUnsafeMutableBytes { $0[start..<start + size].copyBytes(from: entry) }
            return before
        }
        entries.append(contentsOf: entry)
        count += 1
        slots[slot] = Self.slot(hashed, count - 1)
        return nil
    }

    /// Undoes the newest ``put(_:)`` that added an entry.
    mutating func removeLast() {
        let size = shape.entryBytes
        let last = Array(entries[(count - 1) * size..<count * size])
        let free = last.withUnsafeBytes { last in
            slot(of: last, hash(UnsafeRawBufferPointer(rebasing: last[..<shape.groupBytes])))
        }
        // Nothing was put behind it since, so no probe runs over its slot.
        slots[free] = 0
        entries.removeLast(size)
        count -= 1
    }

    /// Copies the value of a key out.
    /// - Returns: false for the trace of a removal; nil when there is no entry with this key.
    func copyValue(of key: UnsafeRawBufferPointer, to value: UnsafeMutableRawPointer) -> Bool? {
        let slot = slot(of: key, hash(UnsafeRawBufferPointer(rebasing: key[..<shape.groupBytes])))
        guard slots[slot] > 0 else { return nil }
        return withEntry(Self.place(slots[slot])) { shape.copyValue(of: $0, to: value) }
    }

    /// False when there is no entry of the group.
    func mayHold(group: UnsafeRawBufferPointer) -> Bool {
        let mask = slots.count - 1
        let hashed = hash(group)
        var slot = Int(truncatingIfNeeded: hashed) & mask
        while slots[slot] > 0 {
            if slots[slot] >> 32 == hashed >> 32 { return true }
            slot = (slot + 1) & mask
        }
        return false
    }

    /// Every entry of the group, in the order in which they came.
    func forEach(group: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(group)) & mask
        while slots[slot] > 0 {
            try withEntry(Self.place(slots[slot])) { entry in
                if entry.isEqual(to: group, bytes: shape.groupBytes) { try body(entry) }
            }
            slot = (slot + 1) & mask
        }
    }

    /// Every entry in the order of their keys.
    func forEachInOrder(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try entries.withUnsafeBytes { bytes in
            let size = shape.entryBytes
            func entry(_ place: UInt32) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: bytes[Int(place) * size..<(Int(place) + 1) * size])
            }
            var order = (0..<UInt32(count)).map { (prefix: entry($0).prefix, place: $0) }
            // Nearly every pair is told apart by its first eight bytes, which then lie side by side.
            order.sort { left, right in
                left.prefix != right.prefix
                    ? left.prefix < right.prefix
                    : entry(left.place).isLess(than: entry(right.place), bytes: shape.keyBytes)
            }
            for place in order.indices {
                // They lie in the order in which they came: each would be waited for.
                if place + Self.ahead < order.count { Self.fetch(entry(order[place + Self.ahead].place)) }
                try body(entry(order[place].place))
            }
        }
    }

    func withEntry<Result>(_ place: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let size = shape.entryBytes
        return try entries.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[place * size..<(place + 1) * size]))
        }
    }

    /// Entries that are asked for before it is their turn.
    private static let ahead = 8

    /// Asks for an entry's cache lines.
    private static func fetch(_ entry: UnsafeRawBufferPointer) {
        guard let base = entry.baseAddress else { return }
        for place in stride(from: 0, to: entry.count, by: 64) { cprefetch(base + place) }
    }

    /// Where the key is, or where it would be.
    @inline(__always)
    private func slot(of key: UnsafeRawBufferPointer, _ hashed: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hashed) & mask
        let size = shape.entryBytes
        slots.withUnsafeBufferPointer { slots in
            entries.withUnsafeBytes { entries in
                while slots[slot] > 0 {
                    if slots[slot] >> 32 == hashed >> 32 {
                        let start = Self.place(slots[slot]) * size
                        let held = UnsafeRawBufferPointer(rebasing: entries[start..<start + shape.keyBytes])
                        if held.isEqual(to: key, bytes: shape.keyBytes) { return }
                    }
                    slot = (slot + 1) & mask
                }
            }
        }
        return slot
    }

    @inline(__always)
    private static func place(_ slot: UInt64) -> Int { Int(slot & 0xFFFF_FFFF) - 1 }

    @inline(__always)
    private static func slot(_ hashed: UInt64, _ place: Int) -> UInt64 { hashed & ~0xFFFF_FFFF | UInt64(place + 1) }

    private mutating func grow() {
        // In the order in which they came: ``removeLast()`` relies on it.
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for place in 0..<count {
            let hashed = withEntry(place) { hash(UnsafeRawBufferPointer(rebasing: $0[..<shape.groupBytes])) }
            var slot = Int(truncatingIfNeeded: hashed) & mask
            while slots[slot] > 0 { slot = (slot + 1) & mask }
            slots[slot] = Self.slot(hashed, place)
        }
    }
}
