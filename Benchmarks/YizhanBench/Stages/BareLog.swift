import AuditLog
import Foundation
import GRDB

/// A log by itself: entries checked, encoded, hashed into the tree and written with the tiles that changed, with the store's
/// durability.
struct BareLog {
    private let database: DatabaseQueue
    private var appender = AuditAppender()
    private var random = DrawnAhead()

    init(path: String) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000")
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE entries(first INTEGER PRIMARY KEY, body BLOB);
                    CREATE TABLE tile(level INTEGER, number INTEGER, hashes BLOB, PRIMARY KEY (level, number)) WITHOUT ROWID
                    """)
        }
    }

    /// One transaction.
    mutating func append(_ entries: ArraySlice<AuditEntry>) throws {
        let first = Int64(appender.nextSequence)
        var body: [UInt8] = []
        for entry in entries {
            try EntryBundle.append(try appender.append(entry, using: &random).bytes, to: &body)
        }
        let (bundle, tiles) = (Data(body), appender.tiles.takeChangedTiles())
        try database.write { database in
            try database.execute(sql: "INSERT INTO entries VALUES (?, ?)", arguments: [first, bundle])
            for tile in tiles {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO tile VALUES (?, ?, ?)",
                    arguments: [tile.level, Int64(tile.index), Data(tile.bytes)])
            }
        }
    }
}

/// The system's random numbers, drawn many at a time, as the store draws them.
private struct DrawnAhead: RandomNumberGenerator {
    private var drawn: [UInt64] = []

    mutating func next() -> UInt64 {
        if drawn.isEmpty {
            drawn = [UInt64](unsafeUninitializedCapacity: 32) { buffer, count in
                count = getentropy(buffer.baseAddress, 256) == 0 ? 32 : 0
            }
        }
        return drawn.popLast() ?? .random(in: .min ... .max)
    }
}
