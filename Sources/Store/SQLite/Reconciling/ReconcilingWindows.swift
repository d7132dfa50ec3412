import AuditLog
import GRDB
import Interchange

/// Reads the leaves of one tree.
struct LeafReader {
    let tree: LeafTree
    let database: Database

    /// Which rows count.
    private var isValid: String {
        switch tree.direction {
        case .sent: "(leaf.batch IS NULL OR EXISTS (SELECT 1 FROM batch WHERE batch.id = leaf.batch))"
        case .received:
            """
            (leaf.batch IS NULL
                OR EXISTS (SELECT 1 FROM received WHERE received.sender = leaf.peer AND received.batch = leaf.batch))
            """
        }
    }

    /// Hands over a window's leaves within the range, in order of id, until `body` returns false.
    func forEachLeaf(in hour: IssueHour, _ range: LeafRange = .all, _ body: (Leaf) throws -> Bool) throws {
        var left: LeafRange? = range
        while let range = left { left = try pass(over: hour, range, body) }
    }

    /// - Returns: what is left for another pass.
    private func pass(over hour: IssueHour, _ range: LeafRange, _ body: (Leaf) throws -> Bool) throws -> LeafRange? {
        let rows = try RawStatement(
            database,
            """
            SELECT id, body, first FROM leaf INDEXED BY leaf_order WHERE peer = ?1 AND direction = ?2 AND hour = ?3
                AND (?5 IS NULL OR first < ?5) AND (?4 IS NULL OR last >= ?4) AND \(isValid)
            ORDER BY first
            """)
        rows.bind(1, Int(tree.peer.number))
        rows.bind(2, tree.direction.rawValue)
        rows.bind(3, hour.number)
        rows.bind(4, range.first?.bytes)
        rows.bind(5, range.before?.bytes)
        var order = LeafOrder()
        var isGoingOn = true
        func take(_ leaf: Leaf) throws -> Bool {
            isGoingOn = try body(leaf)
            return isGoingOn
        }
        try rows.forEachRowWhile { columns in
            guard let first = MessageID(bytes: columns.bytes(2)) else { return true }
            let leaves = StoredLeaf.decode(
                columns.bytes(1), row: columns.integer(0), from: range.first, before: range.before)
            return try order.add(leaves, from: first, emit: take)
        }
        guard isGoingOn, try order.finish(emit: take) else { return nil }
        return order.rest.map { LeafRange(first: $0, before: range.before) }
    }

    func summary(of hour: IssueHour, _ range: LeafRange = .all) throws -> LeafSummary {
        var tree = MerkleFrontier()
        try forEachLeaf(in: hour, range) { leaf in
            tree.append(leaf.hash)
            return true
        }
        return LeafSummary(tree)
    }

    /// A window as it stands, and whether its root had to be computed.
    struct State {
        var window: LeafWindow
        var rows: Int64
        var newest: Int64
        var isNew: Bool
    }

    /// Windows with rows, in order: those that are cached with as many rows, and the rest computed.
    func windows(in hours: Range<IssueHour>, limit: Int) throws -> [State] {
        let known = try cached(in: hours)
        let stand = try RawStatement(
            database,
            """
            SELECT hour, COUNT(*), MAX(id) FROM leaf INDEXED BY leaf_order
            WHERE peer = ?1 AND direction = ?2 AND hour >= ?3 AND hour < ?4 AND \(isValid)
            GROUP BY hour ORDER BY hour LIMIT ?5
            """)
        bind(stand, hours)
        stand.bind(5, limit)
        var found: [(hour: IssueHour, rows: Int64, newest: Int64)] = []
        try stand.forEachRow { found.append((IssueHour(number: $0.integer(0)), $0.integer(1), $0.integer(2))) }
        return try found.map { hour, rows, newest in
            if let state = known[hour], state.rows == rows, state.newest == newest { return state }
            let window = LeafWindow(hour: hour, summary: try summary(of: hour))
            return State(window: window, rows: rows, newest: newest, isNew: true)
        }
    }

    private func cached(in hours: Range<IssueHour>) throws -> [IssueHour: State] {
        let find = try RawStatement(
            database,
            """
            SELECT hour, rows, newest, leaves, root FROM leaf_window
            WHERE peer = ?1 AND direction = ?2 AND hour >= ?3 AND hour < ?4
            """)
        bind(find, hours)
        var found: [IssueHour: State] = [:]
        try find.forEachRow { columns in
            guard let root = Digest256(columns.bytes(4)) else { return }
            let window = LeafWindow(
                hour: IssueHour(number: columns.integer(0)),
                summary: LeafSummary(leaves: Int(columns.integer(3)), root: root))
            found[window.hour] = State(
                window: window, rows: columns.integer(1), newest: columns.integer(2), isNew: false)
        }
        return found
    }

    private func bind(_ statement: RawStatement, _ hours: Range<IssueHour>) {
        statement.bind(1, Int(tree.peer.number))
        statement.bind(2, tree.direction.rawValue)
        statement.bind(3, hours.lowerBound.number)
        statement.bind(4, hours.upperBound.number)
    }

    /// Keeps computed roots.
    static func keep(_ states: [State], of tree: LeafTree, in database: Database) throws {
        let put = try RawStatement(
            database,
            """
            INSERT OR REPLACE INTO leaf_window(peer, direction, hour, rows, newest, leaves, root)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        for state in states {
            put.bind(1, Int(tree.peer.number))
            put.bind(2, tree.direction.rawValue)
            put.bind(3, state.window.hour.number)
            put.bind(4, state.rows)
            put.bind(5, state.newest)
            put.bind(6, state.window.summary.leaves)
            put.bind(7, state.window.summary.root.bytes)
            try put.run()
        }
    }
}

extension SQLiteStore {
    public func windows(of tree: LeafTree, in hours: Range<IssueHour>, limit: Int) async throws -> [LeafWindow] {
        let states = try await read { try LeafReader(tree: tree, database: $0).windows(in: hours, limit: limit) }
        let changed = states.filter(\.isNew)
        if !changed.isEmpty {
            try await writes.run { try LeafReader.keep(changed, of: tree, in: $0.database) }
        }
        return states.map(\.window)
    }

    public func summaries(
        of tree: LeafTree, in hour: IssueHour, ranges: [LeafRange]
    ) async throws -> [LeafSummary] {
        try await read { database in
            let reader = LeafReader(tree: tree, database: database)
            return try ranges.map { try reader.summary(of: hour, $0) }
        }
    }

    public func leaves(
        of tree: LeafTree, in hour: IssueHour, range: LeafRange, limit: Int
    ) async throws -> [Leaf] {
        try await read { database in
            var found: [Leaf] = []
            guard limit > 0 else { return found }
            try LeafReader(tree: tree, database: database).forEachLeaf(in: hour, range) { leaf in
                found.append(leaf)
                return found.count < limit
            }
            return found
        }
    }

    public func parts(
        of tree: LeafTree, in hour: IssueHour, range: LeafRange, parts: Int
    ) async throws -> [LeafPart] {
        try await read { database in
            let reader = LeafReader(tree: tree, database: database)
            let whole = try reader.summary(of: hour, range)
            let size = max(1, (whole.leaves + parts - 1) / max(1, parts))
            var cut = LeafCut(range: range, size: size)
            try reader.forEachLeaf(in: hour, range) { leaf in
                cut.add(leaf)
                return true
            }
            return cut.finished
        }
    }
}

/// Cuts leaves in order of id into ranges of so many each. The first and the last reach to the bounds of the whole.
struct LeafCut {
    let range: LeafRange
    let size: Int
    private var done: [LeafPart] = []
    private var tree = MerkleFrontier()
    private var first: MessageID?

    init(range: LeafRange, size: Int) {
        self.range = range
        self.size = size
        first = range.first
    }

    mutating func add(_ leaf: Leaf) {
        if tree.size == UInt64(size) {
            done.append(LeafPart(range: LeafRange(first: first, before: leaf.id), summary: LeafSummary(tree)))
            first = leaf.id
            tree = MerkleFrontier()
        }
        tree.append(leaf.hash)
    }

    var finished: [LeafPart] {
        done + [LeafPart(range: LeafRange(first: first, before: range.before), summary: LeafSummary(tree))]
    }
}
