#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The places in a row that can hold a value, in formats whose rows name them: each is a column, or has others below it.
///
/// The first pass over a file grows the tree; the second finds its way by it.
final class ColumnTree {
    final class Node {
        /// The column's name, if it is one.
        let name: String
        /// The mapping names it: it is taken as one value, whatever is in it.
        let isWhole: Bool
        @exclusivity(unchecked) fileprivate(set) var column: Int?
        @exclusivity(unchecked) fileprivate var children: [[UInt8]: Node] = [:]
        @exclusivity(unchecked) fileprivate var order: [(name: [UInt8], node: Node)] = []
        /// Where it was seen with nothing in it, before it was known to be a column.
        @exclusivity(unchecked) fileprivate var firstEmpty: Int?

        fileprivate init(name: String, isWhole: Bool) {
            self.name = name
            self.isWhole = isWhole
        }
    }

    /// How a column further down is called, from the name of the one above it (empty for the row) and its own.
    typealias Naming = (_ above: String, _ name: [UInt8]) -> String

    let root = Node(name: "", isWhole: false)
    @exclusivity(unchecked) private(set) var found = FoundColumns()
    private let named: NamedColumns
    private let limits: IntakeLimits
    private let naming: Naming
    @exclusivity(unchecked) private var isLearning = true

    init(_ named: NamedColumns, limits: IntakeLimits, naming: @escaping Naming) {
        self.named = named
        self.limits = limits
        self.naming = naming
    }

    /// The place of this name below another.
    ///
    /// - Parameter guess: how many names came before it in this row: rows have their names in the same order, mostly.
    /// - Returns: nil when the first pass did not meet it, or too many of its kind.
    @inline(__always)
    func child(of node: Node, _ name: UnsafeRawBufferPointer, guess: Int) -> Node? {
        if guess < node.order.count {
            let candidate = node.order[guess]
            let isSame = candidate.name.withUnsafeBytes { known in
                guard known.count == name.count, let known = known.baseAddress, let name = name.baseAddress else {
                    return false
                }
                return memcmp(known, name, candidate.name.count) == 0
            }
            if isSame { return candidate.node }
        }
        return lookUp(node, Array(name))
    }

    private func lookUp(_ node: Node, _ key: [UInt8]) -> Node? {
        if let known = node.children[key] { return known }
        // Beyond the limit of columns a name cannot become one.
        guard isLearning, node.order.count <= limits.cells else { return nil }
        let name = naming(node.name, key)
        let child = Node(name: name, isWhole: named.contains(name))
        node.children[key] = child
        node.order.append((key, child))
        return child
    }

    /// The place holds a value.
    ///
    /// - Parameter offset: of the value in the file.
    @inline(__always)
    func learn(_ node: Node, at offset: Int) throws(IntakeError) {
        guard isLearning, node.column == nil else { return }
        node.column = try found.index(of: node.name, at: offset, limits: limits)
    }

    func learnEmpty(_ node: Node, at offset: Int) {
        if isLearning, node.firstEmpty == nil { node.firstEmpty = offset }
    }

    /// Ends the first pass: what was empty wherever it occurred is a column as well, and what the mapping uses and no row has.
    ///
    /// - Throws: ``IntakeError/Code/columnMissing``, ``IntakeError/Code/limit``.
    func finish(firstRow: Int?) throws(IntakeError) {
        try finish(root)
        isLearning = false
        try found.complete(with: named, firstRow: firstRow)
    }

    private func finish(_ node: Node) throws(IntakeError) {
        for child in node.order.map(\.node) {
            if let offset = child.firstEmpty, child.column == nil, child.order.isEmpty {
                child.column = try found.index(of: child.name, at: offset, limits: limits)
            }
            try finish(child)
        }
    }
}

/// The columns of a file whose rows name them, as the first pass finds them: in the order in which they first occur.
struct FoundColumns {
    private(set) var names: [String] = []
    private(set) var offsets: [Int] = []

    /// The column of this name, which is added when there is none.
    ///
    /// - Throws: ``IntakeError/Code/limit``.
    mutating func index(of name: String, at offset: Int, limits: IntakeLimits) throws(IntakeError) -> Int {
        if let known = names.firstIndex(of: name) { return known }
        guard names.count < limits.cells else { throw .manyColumns(limits.cells, at: offset) }
        names.append(name)
        offsets.append(offset)
        return names.count - 1
    }

    /// Columns of the mapping that no row has are there all the same, empty: a member or an element that has nothing to say is
    /// often left out. A file in which no row has any of them is another file.
    ///
    /// - Parameter firstRow: where the first row begins; nil when there is none.
    /// - Throws: ``IntakeError/Code/columnMissing``.
    mutating func complete(with named: NamedColumns, firstRow: Int?) throws(IntakeError) {
        if let firstRow, let first = named.used.first, !names.contains(where: named.used.contains) {
            throw .columnMissing(first, header: firstRow)
        }
        for name in named.used where !names.contains(name) {
            names.append(name)
            offsets.append(firstRow ?? 0)
        }
    }
}

/// The columns that a mapping names. Formats whose rows name their own columns look for these in them.
public struct NamedColumns: Sendable {
    /// Columns that some rule reads.
    public var used: [String]
    /// Columns that are dropped.
    public var dropped: [String]

    public init(used: [String], dropped: [String]) {
        self.used = used
        self.dropped = dropped
    }

    func contains(_ name: String) -> Bool { used.contains(name) || dropped.contains(name) }
}

extension IntakeError {
    fileprivate static func manyColumns(_ limit: Int, at offset: Int) -> IntakeError {
        IntakeError(
            .limit, at: offset, "the rows have more than \(limit) columns between them", "各行合计超过 \(limit) 个不同的列",
            remedy: "Check that header in the mapping names the row", chineseRemedy: "请确认映射中的 header 指向行")
    }
}
