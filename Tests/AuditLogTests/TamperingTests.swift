import AuditLog
import Seeding
import Testing

/// Of 10,000 tamperings with a log that peers hold a checkpoint of, all are found.
@Suite struct TamperingTests {
    private enum Tampering: CaseIterable {
        case flipEntry, flipTile, delete, deleteAndClose, swap, insert, cutTail, restoreOldCopy, fork, replaceEntry
        case move, cutTile, flipCheckpoint, archiveAtWill
    }

    @Test func tenThousandTamperingsAreAllFound() throws {
        var generator = SplitMix64(seed: 20_260_630)
        let small = try [2, 3, 5, 8, 13, 21, 40].map { try Witnessed(entries: $0) }
        let large = try [257, 300].map { try Witnessed(entries: $0) }
        for round in 0..<10_000 {
            let intact = round % 50 == 0 ? large[round / 50 % 2] : small[Int.random(in: 0..<7, using: &generator)]
            var log = intact
            let tampering = Tampering.allCases[round % Tampering.allCases.count]
            try tamper(tampering, with: &log, using: &generator)
            let report = try log.verify(firstKept: 0)
            #expect(!report.isSound, "round \(round): \(tampering) of \(intact.size) entries")
        }
    }

    private func tamper(_ tampering: Tampering, with log: inout Witnessed, using generator: inout SplitMix64)
        throws
    {
        let count = log.rows.count
        let place = Int.random(in: 0..<count, using: &generator)
        switch tampering {
        case .flipEntry:
            let byte = Int.random(in: 0..<log.rows[place].bytes.count, using: &generator)
            log.rows[place].bytes[byte] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case .flipTile:
            let tiles = log.log.tiles.keys.sorted { ($0.level, $0.index) < ($1.level, $1.index) }
            let tile = tiles[Int.random(in: 0..<tiles.count, using: &generator)]
            let width = try #require(log.log.tiles[tile]).count
            log.log.tiles[tile]?[Int.random(in: 0..<width, using: &generator)] ^= 1
        case .delete: log.rows.remove(at: place)
        case .deleteAndClose:
            log.rows.remove(at: place)
            renumber(&log)
        case .swap:
            let other = (place + 1) % count
            (log.rows[place].bytes, log.rows[other].bytes) = (log.rows[other].bytes, log.rows[place].bytes)
        case .insert:
            log.rows.insert((0, log.rows[place].bytes), at: place)
            renumber(&log)
        case .cutTail:
            log.rows.removeLast(Int.random(in: 1...count, using: &generator))
            log.rebuild()
        case .restoreOldCopy:
            log = try Self.oldCopy(of: log, entries: Int.random(in: 0..<count, using: &generator))
        case .fork:
            let other = try StoredLog(entries: count, seed: generator.next())
            for row in place..<count { log.rows[row].bytes = other.entries[row] }
            log.rebuild()
        case .move:
            let row = log.rows.remove(at: place)
            log.rows.insert(row, at: (place + 1) % count)
            log.rows = log.rows.enumerated().map { (UInt64($0.offset), $0.element.bytes) }
        case .cutTile:
            let tiles = log.log.tiles.keys.sorted { ($0.level, $0.index) < ($1.level, $1.index) }
            let tile = tiles[Int.random(in: 0..<tiles.count, using: &generator)]
            log.log.tiles[tile]?.removeLast(32)
        case .flipCheckpoint:
            let kept = Int.random(in: 0..<log.checkpoints.count, using: &generator)
            let byte = Int.random(in: 0..<log.checkpoints[kept].note.count, using: &generator)
            log.checkpoints[kept].note[byte] ^= 1
        case .archiveAtWill: log.rows.removeFirst(max(1, place))
        case .replaceEntry:
            log.rows[place].bytes = try StoredLog(entries: count, seed: generator.next()).entries[place]
        }
    }

    private static func oldCopy(of log: Witnessed, entries: Int) throws -> Witnessed {
        var old = try Witnessed(entries: entries)
        old.checkpoints += log.checkpoints
        return old
    }

    private func renumber(_ log: inout Witnessed) {
        log.rows = log.rows.enumerated().map { (UInt64($0.offset), $0.element.bytes) }
        if log.rows.count.isMultiple(of: 2) { log.rebuild() }
    }
}
