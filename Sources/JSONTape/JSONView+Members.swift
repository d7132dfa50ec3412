extension JSONView {
    /// The member of this name; nil when there is none or the value is no object. Linear in the number of members.
    public subscript(_ name: StaticString) -> JSONView? {
        member { $0.stringEquals(name) }
    }

    /// The member of this name; nil when there is none or the value is no object. Linear in the number of members.
    public subscript(member name: String) -> JSONView? {
        var name = name
        return name.withUTF8 { text in member { $0.stringEquals(UnsafeRawBufferPointer(text)) } }
    }

    @inline(__always)
    private func member(where matches: (JSONView) -> Bool) -> JSONView? {
        guard kind == .object else { return nil }
        var position = index + 1
        for _ in 0..<length {
            if matches(at(position)) { return at(position + 1) }
            position = Int(nodes[position + 1].next)
        }
        return nil
    }

    /// Visits the elements of an array in order; no element when the value is no array.
    @inlinable
    public func forEachElement(_ body: (JSONView) throws -> Void) rethrows {
        guard kind == .array else { return }
        var position = index + 1
        for _ in 0..<length {
            try body(at(position))
            position = Int(nodes[position].next)
        }
    }

    /// Visits the members of an object in the order of the text; no member when the value is no object.
    @inlinable
    public func forEachMember(_ body: (_ name: JSONView, _ value: JSONView) throws -> Void) rethrows {
        guard kind == .object else { return }
        var position = index + 1
        for _ in 0..<length {
            try body(at(position), at(position + 1))
            position = Int(nodes[position + 1].next)
        }
    }

    /// Another node of the same tape.
    @inlinable
    package func at(_ index: Int) -> JSONView { JSONView(bytes: bytes, nodes: nodes, index: index) }
}
