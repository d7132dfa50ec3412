internal import CPrefetch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The newest entries, by group and key, without an order: open addressing over one flat block of entries.
///
/// A class over memory of its own: it is read and written a few times for each record, and counting references to arrays cost as much as
/// that. Not Sendable: it belongs to one ``RunIndex``.
final class MemoryTable {
    private(set) var count = 0
    private let shape: RunShape
    private let entryBytes: Int
    private let hash: KeyHash
    /// The upper half of a group's hash above the place of an entry plus one; 0 is free.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int
    private var entries: UnsafeMutableRawPointer
    /// How many entries there is memory for.
    private var room: Int

    /// - Parameter room: for how many entries, and a quarter more: what still comes while other tables become runs. What is not used of it is
    ///   mapped and takes no memory.
    init(shape: RunShape, seed: UInt64, room: Int) {
        self.shape = shape
        entryBytes = shape.entryBytes
        hash = KeyHash(seed: seed)
        self.room = max(room + room / 4, 16)
        var count = 64
        while Self.isCrowded(self.room, in: count) { count *= 2 }
        mask = count - 1
        slots = Self.zeros(count)
        entries = .allocate(byteCount: self.room * entryBytes, alignment: 8)
    }

    deinit {
        free(slots)
        entries.deallocate()
    }

    /// Whether so many entries fill more of the slots than probing is quick in.
    private static func isCrowded(_ entries: Int, in slots: Int) -> Bool { entries * 8 > slots * 5 }

    /// Free slots.
    private static func zeros(_ count: Int) -> UnsafeMutablePointer<UInt64> {
        guard let slots = calloc(count, MemoryLayout<UInt64>.stride) else { preconditionFailure("out of memory") }
        return slots.bindMemory(to: UInt64.self, capacity: count)
    }

    /// Sets or replaces an entry.
    /// - Returns: the entry that stood there before; nil for a new one.
    func put(_ entry: UnsafeRawBufferPointer) -> [UInt8]? {
        if Self.isCrowded(count + 1, in: mask + 1) { growSlots() }
        let hashed = hash(UnsafeRawBufferPointer(rebasing: entry[..<shape.groupBytes]))
        let slot = slot(of: entry, hashed)
        if slots[slot] > 0 {
            let held = self.entry(Self.place(slots[slot]))
            let before = Array(held)
            UnsafeMutableRawBufferPointer(mutating: held).copyBytes(from: entry)
            return before
        }
        if count == room { growEntries() }
        UnsafeMutableRawBufferPointer(start: entries + count * entryBytes, count: entryBytes).copyBytes(from: entry)
        count += 1
        slots[slot] = Self.slot(hashed, count - 1)
        return nil
    }

    /// Undoes the newest ``put(_:)`` that added an entry.
    func removeLast() {
        let last = entry(count - 1)
        // Nothing was put behind it since, so no probe runs over its slot.
        slots[slot(of: last, hash(UnsafeRawBufferPointer(rebasing: last[..<shape.groupBytes])))] = 0
        count -= 1
    }

    /// Copies the value of a key out.
    /// - Returns: false for the trace of a removal; nil when there is no entry with this key.
    func copyValue(of key: UnsafeRawBufferPointer, to value: UnsafeMutableRawPointer) -> Bool? {
        let slot = slot(of: key, hash(UnsafeRawBufferPointer(rebasing: key[..<shape.groupBytes])))
        guard slots[slot] > 0 else { return nil }
        return shape.copyValue(of: entry(Self.place(slots[slot])), to: value)
    }

    /// Asks memory for the group's slot.
    func expect(group: UnsafeRawBufferPointer) { cprefetch(slots + Int(truncatingIfNeeded: hash(group)) & mask) }

    /// False when there is no entry of the group.
    func mayHold(group: UnsafeRawBufferPointer) -> Bool {
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
        var slot = Int(truncatingIfNeeded: hash(group)) & mask
        while slots[slot] > 0 {
            let entry = entry(Self.place(slots[slot]))
            if entry.isEqual(to: group, bytes: shape.groupBytes) { try body(entry) }
            slot = (slot + 1) & mask
        }
    }

    /// Every entry in the order of their keys.
    func forEachInOrder(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        var order = (0..<count).map { PlacedKey(prefix: entry($0).prefix, place: UInt32($0)) }
        order.sort { entry(Int($0.place)).isLess(than: entry(Int($1.place)), bytes: shape.keyBytes) }
        for place in order.indices {
            // They lie in the order in which they came: each would be waited for.
            if place + Self.ahead < order.count { Self.fetch(entry(Int(order[place + Self.ahead].place))) }
            try body(entry(Int(order[place].place)))
        }
    }

    @inline(__always)
    private func entry(_ place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: entries + place * entryBytes, count: entryBytes)
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
        var slot = Int(truncatingIfNeeded: hashed) & mask
        while slots[slot] > 0 {
            if slots[slot] >> 32 == hashed >> 32,
                entry(Self.place(slots[slot])).isEqual(to: key, bytes: shape.keyBytes)
            {
                break
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    @inline(__always)
    private static func place(_ slot: UInt64) -> Int { Int(slot & 0xFFFF_FFFF) - 1 }

    @inline(__always)
    private static func slot(_ hashed: UInt64, _ place: Int) -> UInt64 { hashed & ~0xFFFF_FFFF | UInt64(place + 1) }

    private func growEntries() {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: room * 2 * entryBytes, alignment: 8)
        larger.copyMemory(from: entries, byteCount: count * entryBytes)
        entries.deallocate()
        (entries, room) = (larger, room * 2)
    }

    private func growSlots() {
        let larger = (mask + 1) * 2
        free(slots)
        slots = Self.zeros(larger)
        mask = larger - 1
        // In the order in which they came: ``removeLast()`` relies on it.
        for place in 0..<count {
            let hashed = hash(UnsafeRawBufferPointer(rebasing: entry(place)[..<shape.groupBytes]))
            var slot = Int(truncatingIfNeeded: hashed) & mask
            while slots[slot] > 0 { slot = (slot + 1) & mask }
            slots[slot] = Self.slot(hashed, place)
        }
    }
}
