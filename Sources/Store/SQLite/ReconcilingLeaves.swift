import AuditLog
import GRDB
import Interchange

/// Writes leaves in the transaction of what made them final.
struct LeafWriter {
    let tree: LeafTree
    /// What the leaves came with; nil for what was entered otherwise.
    var batch: [UInt8]?
    var payload: Int64?
    private var windows: [IssueHour: [StoredLeaf]] = [:]

    init(_ tree: LeafTree, batch: [UInt8]? = nil, payload: Int64? = nil) {
        self.tree = tree
        self.batch = batch
        self.payload = payload
    }

    mutating func add(_ leaf: Leaf, in hour: IssueHour) {
        windows[hour, default: []].append(
            StoredLeaf(id: leaf.id, digest: leaf.digest, outcome: leaf.outcome.rawValue, row: 0))
    }

    /// Says that there is no such leaf.
    mutating func takeBack(_ leaf: Leaf, in hour: IssueHour) {
        windows[hour, default: []].append(StoredLeaf(id: leaf.id, digest: leaf.digest, outcome: 0, row: 0))
    }

    func write(to database: Database) throws {
        guard !windows.isEmpty else { return }
        let insert = try RawStatement(
            database,
            """
            INSERT INTO leaf(peer, direction, hour, first, last, batch, leaves, payload, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
        insert.bind(1, Int(tree.peer.number))
        insert.bind(2, tree.direction.rawValue)
        insert.bind(6, batch)
        if let payload { insert.bind(8, payload) } else { insert.bindNull(8) }
        for (hour, unordered) in windows {
            let leaves = unordered.sorted { $0.id < $1.id }
            guard let first = leaves.first, let last = leaves.last else { continue }
            insert.bind(3, hour.number)
            insert.bind(4, first.id.bytes)
            insert.bind(5, last.id.bytes)
            insert.bind(7, leaves.count)
            insert.bind(9, StoredLeaf.encode(leaves))
            try insert.run()
        }
    }
}

/// A leaf as it lies in a row; outcome 0 takes back what older rows say.
struct StoredLeaf {
    var id: MessageID
    var digest: Digest256
    var outcome: UInt8
    var row: Int64

    var leaf: Leaf? { FinalOutcome(rawValue: outcome).map { Leaf(id: id, digest: digest, outcome: $0) } }

    static func encode(_ leaves: [StoredLeaf]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(leaves.count * Leaf.bytes)
        for leaf in leaves {
            out.append(id: leaf.id, digest: leaf.digest)
            out.append(leaf.outcome)
        }
        return out
    }

    static func decode(_ body: [UInt8], row: Int64) -> [StoredLeaf] {
        stride(from: 0, to: body.count - body.count % Leaf.bytes, by: Leaf.bytes).compactMap { start in
            guard let id = MessageID(bytes: body[start..<start + 16]),
                let digest = Digest256(body[start + 16..<start + 48])
            else { return nil }
            return StoredLeaf(id: id, digest: digest, outcome: body[start + 48], row: row)
        }
    }
}

/// Brings the rows of a window into one order of id, holding no more than the rows that overlap.
struct LeafMerge {
    private var pending: ArraySlice<StoredLeaf> = []

    /// - Parameters:
    ///   - rows: each in order; of two calls the later has no lower first id.
    ///   - emit: gets what no later row can speak of; false ends it.
    mutating func add(_ row: [StoredLeaf], emit: (Leaf) throws -> Bool) rethrows -> Bool {
        guard let first = row.first else { return true }
        let cut = pending.firstIndex { $0.id >= first.id } ?? pending.endIndex
        let isGoingOn = try Self.emit(pending[..<cut], emit)
        pending = Self.merged(pending[cut...], row[...])
        return isGoingOn
    }

    mutating func finish(emit: (Leaf) throws -> Bool) rethrows { _ = try Self.emit(pending, emit) }

    private static func emit(_ leaves: ArraySlice<StoredLeaf>, _ emit: (Leaf) throws -> Bool) rethrows -> Bool {
        for stored in leaves {
            if let leaf = stored.leaf, try !emit(leaf) { return false }
        }
        return true
    }

    /// Of two that speak of one envelope, the one of the newer row.
    private static func merged(_ left: ArraySlice<StoredLeaf>, _ right: ArraySlice<StoredLeaf>) -> ArraySlice<
        StoredLeaf
    > {
        guard !left.isEmpty else { return right }
        var (left, right) = (left, right)
        var out: [StoredLeaf] = []
        out.reserveCapacity(left.count + right.count)
        while let one = left.first, let other = right.first {
            if one.id < other.id {
                out.append(one)
                left.removeFirst()
            } else if other.id < one.id {
                out.append(other)
                right.removeFirst()
            } else {
                out.append(one.row > other.row ? one : other)
                left.removeFirst()
                right.removeFirst()
            }
        }
        out += left
        out += right
        return out[...]
    }
}
