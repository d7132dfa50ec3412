import AuditLog
import Foundation
import GRDB
import Interchange
import Store

/// A log of very many leaves, from which single entries are proved as `yizhan audit proof` does. Its tiles are made by the
/// log's own ``TileAppender``; of the entries, which no proof reads, there is only the last.
enum ProvedLog {
    struct Run {
        /// Milliseconds for one proof: half of them, and 99 of 100, took no longer.
        var median, slowest: Double
    }

    private static let proofs = 2_000
    private static let group: UInt64 = 500_000

    /// - Parameter size: how many leaves.
    static func measure(_ size: UInt64) async throws -> [Run] {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let store = try MadeStore.open(in: scratch)
        try await store.record([Act(.gatewayStarted, actor: AuditActor(organisation: "gateway"), at: Instant.now())])
        await store.close()
        let path = "\(scratch.path)/store.sqlite"
        let root = try fill(path, size)
        let reader = try SQLiteReader(path: path)
        var runs: [Run] = []
        for _ in 0..<Figure.runCount { runs.append(try await prove(size, root, reader)) }
        return runs
    }

    private static func fill(_ path: String, _ size: UInt64) throws -> Digest256 {
        let database = try DatabaseQueue(path: path)
        var tree = TileAppender()
        while tree.size < size {
            let end = min(tree.size + group, size)
            while tree.size < end { tree.append(.leaf(withUnsafeBytes(of: tree.size) { Array($0) })) }
            let tiles = tree.takeChangedTiles()
            try database.write { database in
                for tile in tiles {
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO audit_tile(level, number, hashes) VALUES (?, ?, ?)",
                        arguments: [tile.level, Int64(tile.index), Data(tile.bytes)])
                }
            }
        }
        try database.write { database in
            try database.execute(sql: "UPDATE audit_entries SET first = ?", arguments: [Int64(size) - 1])
        }
        try database.close()
        return tree.root
    }

    /// Each of another entry, at random; every hundredth is checked, outside the time.
    private static func prove(_ size: UInt64, _ root: Digest256, _ reader: SQLiteReader) async throws -> Run {
        var times: [Double] = []
        for place in 0..<proofs {
            let index = UInt64.random(in: 0..<size)
            let watch = Stopwatch()
            let (leaf, path) = try await reader.inclusion(of: index, size: size)
            times.append(watch.seconds * 1_000)
            guard place.isMultiple(of: 100) else { continue }
            try MerkleProof.verifyInclusion(of: leaf, at: index, size: size, root: root, path: path)
        }
        times.sort()
        return Run(median: times[proofs / 2], slowest: times[proofs * 99 / 100])
    }
}
