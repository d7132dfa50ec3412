/// What the schemas can tell of a row's values: for each rule one byte, so that rows of one shape all keep the schema of their
/// kind or all break it.
///
/// A class holds values that no schema tells apart: days of the calendar, divisions of six digits, digits or Han characters of
/// one length, one code of a table. Nearly all rows of an export have one of a few dozen shapes, so that the schema has to be
/// asked only when a shape is new.
struct ValueShape {
    /// Rules of a mapping that has shapes.
    static let capacity = 32

    /// No value.
    static let absent: UInt8 = 0
    /// A value that every schema takes that takes one of its rule: a constant, a day, a division, the id of a record.
    static let uniform: UInt8 = 1
    /// A value of its own: its row has no shape.
    static let opaque: UInt8 = 255

    private(set) var words = SIMD4<UInt64>()
    private(set) var isOpaque: Bool

    /// - Parameter count: how many rules the mapping has.
    init(count: Int) { isOpaque = count > Self.capacity }

    /// Tells the class of a rule's value; once for each rule.
    @inline(__always)
    mutating func set(_ rule: Int, _ value: UInt8) {
        if value == Self.opaque || rule >= Self.capacity {
            isOpaque = true
        } else {
            words[rule >> 3] |= UInt64(value) << UInt64((rule & 7) * 8)
        }
    }
}

/// Shapes whose rows keep the schema.
struct KnownShapes {
    /// Shapes that are remembered; when there are more, all are forgotten.
    static let capacity = 1024

    /// Open addressing; a shape of no values stands for a free place, since every row has one.
    private var slots = [SIMD4<UInt64>](repeating: SIMD4(), count: capacity * 2)
    private var count = 0

    func contains(_ shape: ValueShape) -> Bool {
        guard !shape.isOpaque, shape.words != SIMD4() else { return false }
        return slots[place(of: shape.words)] == shape.words
    }

    mutating func insert(_ shape: ValueShape) {
        guard !shape.isOpaque else { return }
        if count == Self.capacity { self = KnownShapes() }
        let place = place(of: shape.words)
        if slots[place] == shape.words { return }
        slots[place] = shape.words
        count += 1
    }

    /// Where the words stand, or would.
    private func place(of words: SIMD4<UInt64>) -> Int {
        var hash: UInt64 = 0
        for index in 0..<4 {
            hash = (hash ^ words[index]) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place] != SIMD4(), slots[place] != words { place = (place + 1) & (slots.count - 1) }
        return place
    }
}
