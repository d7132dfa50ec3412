/// What someone who looks at objects found out about one shape, to be found again with the next object of that shape.
package struct ShapeNote {
    /// Whose note it is; zero is nobody's.
    package var owner: UInt64 = 0
    /// The shape's number; see ``TapeNode/shape``.
    package var shape: UInt16 = 0
    /// What the owner keeps about the whole object.
    package var flag = false
    package var mask: UInt64 = 0
    /// What the owner keeps about each member, in the order of the text.
    package var members = InlineArray<32, UInt8>(repeating: 0)

    package init() {}

    /// Members that a note has room for.
    package static let capacity = 32
}

/// The notes of one parser. They are made with a text's shapes and forgotten with them.
struct ShapeNotes {
    let start: UnsafeMutablePointer<ShapeNote>

    /// A note lies where its shape and its owner say, and drives out what lay there.
    static let capacity = 1024

    init() {
        start = .allocate(capacity: Self.capacity)
        start.initialize(repeating: ShapeNote(), count: Self.capacity)
    }

    func forget() { start.update(repeating: ShapeNote(), count: Self.capacity) }

    func deallocate() { start.deallocate() }
}

extension JSONView {
    /// Where the note of an owner about a shape lies, whether it is there or another.
    ///
    /// - Parameter shape: of an object of this view's tape; not zero.
    @inline(__always)
    package static func note(
        for owner: UInt64, about shape: UInt16, in nodes: UnsafePointer<TapeNode>
    ) -> UnsafeMutablePointer<ShapeNote> {
        let notes = UnsafeRawPointer(nodes - 1).load(as: UnsafeMutablePointer<ShapeNote>.self)
        let mixed = (owner << 16 ^ UInt64(shape)) &* 0x9E37_79B9_7F4A_7C15
        return notes + Int(truncatingIfNeeded: mixed >> 54)
    }
}
