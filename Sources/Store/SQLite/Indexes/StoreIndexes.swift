import GRDB
import SortedRuns

/// What the store looks up by keys that come in no order: facts, persons, registrations.
///
/// Sendable because it is touched only on the store's one writer, by the ``WriteQueue`` that owns it.
final class StoreIndexes: @unchecked Sendable {
    private let all: [RunIndex]
    var records: RunIndex { all[0] }
    var persons: RunIndex { all[1] }
    var registrations: RunIndex { all[2] }
    /// Home and register of the newest record of ours with these 128 bits.
    var homes: RunIndex { all[3] }

    static let shapes = [
        RunShape(index: 1, keyBytes: 18, valueBytes: RecordEntry.bytes),
        RunShape(index: 2, keyBytes: 16, valueBytes: PersonEntry.bytes),
        RunShape(index: 13, keyBytes: 34, groupBytes: 16, valueBytes: RegistrationEntry.bytes),
        RunShape(index: 9, keyBytes: 16, valueBytes: 2),
    ]

    /// Registrations as stores before migration 13 kept them.
    static let formerRegistrations = RunShape(index: 3, keyBytes: 34, groupBytes: 16, valueBytes: 13)

    init(_ database: Database) throws {
        let storage = SQLiteRunStorage(database: database)
        all = try Self.shapes.map { try RunIndex($0, seed: .random(in: 0 ... .max), in: storage) }
    }

    typealias Mark = [RunIndex.Mark]

    func mark() -> Mark { all.map { $0.mark() } }
    func restore(_ mark: Mark) { for (index, mark) in zip(all, mark) { index.restore(mark) } }
    func committed() { for index in all { index.committed() } }

    func write(to database: Database) throws {
        let storage = SQLiteRunStorage(database: database)
        for index in all { try index.write(to: storage) }
    }

    var needsUpkeep: Bool { all.contains { $0.needsUpkeep } }

    /// One step of upkeep of one index.
    func maintain(in database: Database) throws {
        try all.first { $0.needsUpkeep }?.maintain(in: SQLiteRunStorage(database: database))
    }
}

/// Writes and reads numbers of fixed width, least byte first.
enum FixedBytes {
    static func append<Number: FixedWidthInteger>(_ number: Number, to out: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { out.append(contentsOf: $0) }
    }

    static func read<Number: FixedWidthInteger>(_ bytes: [UInt8], at place: Int, as: Number.Type) -> Number {
        bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
    }
}
