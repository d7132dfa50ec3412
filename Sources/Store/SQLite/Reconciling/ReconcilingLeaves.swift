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

    /// The leaves of a row from one id on, and before another; nil is no bound.
    static func decode(
        _ body: [UInt8], row: Int64, from first: MessageID? = nil, before end: MessageID? = nil
    ) -> [StoredLeaf] {
        let count = body.count / Leaf.bytes
        let start = first.map { place(of: $0, in: body, count) } ?? 0
        let stop = end.map { place(of: $0, in: body, count) } ?? count
        guard start < stop else { return [] }
        return (start..<stop).compactMap { number in
            let place = number * Leaf.bytes
            guard let id = id(at: number, in: body), let digest = Digest256(body[place + 16..<place + 48]) else {
                return nil
            }
            return StoredLeaf(id: id, digest: digest, outcome: body[place + 48], row: row)
        }
    }

    private static func id(at number: Int, in body: [UInt8]) -> MessageID? {
        MessageID(bytes: body[number * Leaf.bytes..<number * Leaf.bytes + 16])
    }

    /// Which leaf of a row, in order as they are, is the first with this id or a later one.
    private static func place(of id: MessageID, in body: [UInt8], _ count: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if let found = Self.id(at: middle, in: body), found < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
