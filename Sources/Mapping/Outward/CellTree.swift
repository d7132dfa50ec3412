/// The columns of a row in formats whose rows have rows in them: where each cell stands.
struct CellTree: Sendable {
    struct Node: Sendable {
        /// The name of a member or an element, or of an attribute after `@`.
        let name: String
        fileprivate(set) var cell: Int?
        fileprivate(set) var children: [Node] = []
    }

    private(set) var nodes: [Node] = []
    /// Columns that cannot stand beside an earlier one: one of them would hold the other.
    private(set) var conflicts: [Int] = []

    /// - Parameter paths: the names that lead to each column, at least one.
    init(_ paths: [[String]]) {
        for (cell, path) in paths.enumerated() where !Self.add(path[...], cell, to: &nodes) { conflicts.append(cell) }
    }

    private static func add(_ path: ArraySlice<String>, _ cell: Int, to nodes: inout [Node]) -> Bool {
        guard let name = path.first else { return false }
        let rest = path.dropFirst()
        if let place = nodes.firstIndex(where: { $0.name == name }) {
            return nodes[place].cell == nil && add(rest, cell, to: &nodes[place].children)
        }
        var node = Node(name: name)
        if rest.isEmpty { node.cell = cell } else if !add(rest, cell, to: &node.children) { return false }
        nodes.append(node)
        return true
    }
}

/// How the readers name columns further down: `证件/@类型` in XML, `/person/name` (RFC 6901) in JSON.
enum ColumnPath {
    /// Nil when the name is no path of elements.
    static func xml(_ column: String) -> [String]? {
        let names = column.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let elements = names.last?.hasPrefix("@") ?? false ? names.dropLast() : names[...]
        let attribute = elements.count < names.count ? names.last.map { String($0.dropFirst()) } : nil
        guard elements.allSatisfy(XMLNames.isName), attribute.map(XMLNames.isName) ?? true else { return nil }
        return names
    }

    /// Nil when the pointer leads into an array.
    static func json(_ column: String) -> [String]? {
        guard column.hasPrefix("/") else { return [column] }
        let names = column.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
        return names.contains { !$0.isEmpty && $0.allSatisfy(\.isNumber) } ? nil : names
    }
}
