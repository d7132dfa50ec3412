import JSONTape

/// Which column each value of a row's object is.
///
/// A member of the row's own object is named by its name, a value further down by its JSON Pointer from the row (RFC 6901): `姓名`,
/// `/person/name`, `/phones/0`. A column that the mapping names is taken whole, its JSON text if it is no scalar. `/姓名` is
/// another spelling of `姓名`.
struct JSONColumns {
    private let tree: ColumnTree

    var found: FoundColumns { tree.found }

    init(_ named: NamedColumns, limits: IntakeLimits) {
        tree = ColumnTree(named, limits: limits) { above, name in
            let text = String(decoding: name, as: UTF8.self)
            let pointer = Self.pointer(above) + "/" + Self.escaped(text)
            return above.isEmpty && (named.contains(text) || !named.contains(pointer)) ? text : pointer
        }
    }

    private static func pointer(_ name: String) -> String {
        name.isEmpty || name.hasPrefix("/") ? name : "/" + escaped(name)
    }

    private static func escaped(_ token: String) -> String {
        token.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }

    /// Notes the columns of a row.
    ///
    /// - Parameter offset: where in the file the row begins.
    func learn(_ row: JSONView, at offset: Int) throws(IntakeError) {
        var failure: IntakeError?
        each(row) { node, value in
            guard failure == nil else { return }
            guard let value else { return tree.learnEmpty(node, at: offset) }
            do throws(IntakeError) {
                try tree.learn(node, at: offset + value.span.lowerBound)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    func finish(firstRow: Int?) throws(IntakeError) { try tree.finish(firstRow: firstRow) }

    /// Calls `body` with each scalar of the row, and with what is taken whole; nil for what is empty.
    func each(_ row: JSONView, _ body: (ColumnTree.Node, JSONView?) -> Void) { each(row, tree.root, body) }

    private func each(_ value: JSONView, _ node: ColumnTree.Node, _ body: (ColumnTree.Node, JSONView?) -> Void) {
        var place = 0
        func visit(_ name: UnsafeRawBufferPointer, _ value: JSONView) {
            guard let child = tree.child(of: node, name, guess: place) else { return }
            place += 1
            take(value, child, body)
        }
        if value.kind == .object {
            value.forEachMember { name, value in _ = name.withUTF8 { visit($0, value) } }
        } else {
            var index = 0
            value.forEachElement { value in
                Array("\(index)".utf8).withUnsafeBytes { visit($0, value) }
                index += 1
            }
        }
    }

    private func take(_ value: JSONView, _ node: ColumnTree.Node, _ body: (ColumnTree.Node, JSONView?) -> Void) {
        let isContainer = value.kind == .object || value.kind == .array
        if isContainer, !node.isWhole {
            return value.count > 0 ? each(value, node, body) : body(node, nil)
        }
        body(node, value.kind == .null ? nil : value)
    }
}
