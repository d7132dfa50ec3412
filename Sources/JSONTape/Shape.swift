/// A member that was met before: what its name looks like in the text, and which members followed it.
///
/// Where a name or a value ends is known only once its bytes were searched, and the search for the next must wait for that. A
/// shape guesses both ends, so that the searches only confirm them and need not wait for each other.
struct Shape {
    typealias Pointer = UnsafeMutablePointer<Shape>

    /// `"name":`, in up to three words that may overlap.
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var mask: UInt64 = 0
    private var offsets: (Int, Int) = (0, 0)
    /// The bytes of the name without quotes and colon.
    private(set) var nameLength = 0
    private(set) var hash: UInt32 = 0
    /// How many members were tried at this place before it.
    private var rank = 0
    /// What is known of the names up to this one.
    private(set) var names = NameFilter()
    /// The length of the string that was its value last time.
    var valueLength = 0
    /// The member that came next last time, and another for this place.
    private(set) var next: Pointer?
    private var other: Pointer?
    /// Where the members of its value begin.
    private(set) var inner: Pointer?

    /// The longest name that is remembered.
    static let longestName = 21
    /// Members that are remembered for one place.
    private static let alternatives = 8

    init() {}

    /// - Parameter text: the quote before the name; the name and a colon follow.
    init(_ text: UnsafePointer<UInt8>, nameLength: Int, hash: UInt32, names: NameFilter) {
        let count = nameLength + 3
        mask = count < 8 ? (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1 : .max
        offsets = count < 8 ? (0, 0) : (min(8, count - 8), count - 8)
        words = (loadWord(text) & mask, loadWord(text + offsets.0) & mask, loadWord(text + offsets.1) & mask)
        self.nameLength = nameLength
        self.hash = hash
        self.names = names
    }

    /// Whether `"name":` stands there.
    @inline(__always)
    func stands(at text: UnsafePointer<UInt8>) -> Bool {
        let difference =
            (loadWord(text) ^ words.0) | (loadWord(text + offsets.0) ^ words.1) | (loadWord(text + offsets.1) ^ words.2)
        return difference & mask == 0
    }

    /// The member that stands there, of those that followed this one before.
    @inline(__always)
    func follower(at text: UnsafePointer<UInt8>) -> Pointer? {
        guard let next else { return nil }
        return next.pointee.stands(at: text) ? next : Self.alternative(to: next, at: text)
    }

    @inline(never)
    private static func alternative(to first: Pointer, at text: UnsafePointer<UInt8>) -> Pointer? {
        var shape = first.pointee.other
        while let found = shape {
            if found.pointee.stands(at: text) { return found }
            shape = found.pointee.other
        }
        return nil
    }

    /// Puts a member in the first place of those that follow this one. False when enough are remembered.
    fileprivate mutating func prepend(_ follower: Pointer) -> Bool {
        let rank = next.map { $0.pointee.rank + 1 } ?? 0
        guard rank < Self.alternatives else { return false }
        follower.pointee.rank = rank
        follower.pointee.other = next
        next = follower
        return true
    }

    fileprivate mutating func setInner(_ pointer: Pointer) { inner = pointer }
}

/// The shapes of one parser, in storage that never moves.
struct ShapeMemory {
    private let storage: Shape.Pointer
    private var count = 0
    /// Whether a shape found no room; then all are forgotten before the next text, since texts that repeat nothing must not
    /// spoil the guesses for ever.
    private var isFull = false

    private static let capacity = 512

    init() {
        storage = .allocate(capacity: Self.capacity)
        storage.initialize(repeating: Shape(), count: Self.capacity)
        count = 1
    }

    func deallocate() { storage.deallocate() }

    /// Where every text begins.
    var root: Shape.Pointer { storage }

    /// True when all were forgotten.
    mutating func forgetIfFull() -> Bool {
        guard isFull else { return false }
        storage.update(repeating: Shape(), count: Self.capacity)
        count = 1
        isFull = false
        return true
    }

    /// The number of a shape, never zero: as long as none is forgotten it stands for the members up to this one.
    func number(of shape: Shape.Pointer) -> UInt16 { UInt16(truncatingIfNeeded: shape - storage &+ 1) }

    /// Remembers that a member follows another; nil when there is no room.
    mutating func add(_ shape: Shape, after shapeBefore: Shape.Pointer) -> Shape.Pointer? {
        guard let place = take() else { return nil }
        place.pointee = shape
        if shapeBefore.pointee.prepend(place) { return place }
        count -= 1
        return nil
    }

    /// Where the members inside a shape's value begin; nil when there is no room.
    mutating func inner(of shape: Shape.Pointer) -> Shape.Pointer? {
        if let inner = shape.pointee.inner { return inner }
        guard let place = take() else { return nil }
        place.pointee = Shape()
        shape.pointee.setInner(place)
        return place
    }

    private mutating func take() -> Shape.Pointer? {
        guard count < Self.capacity else {
            isFull = true
            return nil
        }
        count += 1
        return storage + (count - 1)
    }
}
