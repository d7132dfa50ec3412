import GRDB
import Interchange
import SortedRuns

/// What the store looks up by keys that come in no order: facts, persons, registrations.
///
/// Not Sendable: it belongs to the ``WriteQueue``, which touches it only on the store's one writer.
final class StoreIndexes {
    typealias Records = StoreIndex<RecordID, RecordEntry>
    typealias Persons = StoreIndex<ShortHash, PersonEntry>
    typealias Registrations = StoreIndex<RegistrationKey, RegistrationEntry>

    private let all: [RunIndex]
    private var order = UpkeepOrder()
    let records: Records
    let persons: Persons
    let registrations: Registrations

    init(_ database: Database) throws {
        records = Records(runs: try Self.open(Self.recordsShape, database))
        // With a person's salt goes what tells of whom the audit log speaks.
        persons = Persons(runs: try Self.open(Persons.shape(2, isErasing: true), database))
        registrations = Registrations(
            runs: try Self.open(Registrations.shape(13, groupBytes: ShortHash.byteCount), database))
        all = [records.runs, persons.runs, registrations.runs]
    }

    /// Records of the same 128 bits stand together, whatever their homes.
    private static let recordsShape = Records.shape(1, groupBytes: RecordBits.bytes)

    /// Facts as they are on the disk: what is read is only what was committed.
    static func committedRecords(_ database: Database) throws -> Records {
        Records(runs: try open(recordsShape, database))
    }

    private static func open(_ shape: RunShape, _ database: Database) throws -> RunIndex {
        try RunIndex(shape, seed: .random(in: 0 ... .max), in: SQLiteRunStorage(database: database))
    }

    typealias Mark = [RunIndex.Mark]

    func mark() -> Mark { all.map { $0.mark() } }
    func restore(_ mark: Mark) { for (index, mark) in zip(all, mark) { index.restore(mark) } }
    func committed() { for index in all { index.committed() } }

    func write(to database: Database) throws {
        let storage = SQLiteRunStorage(database: database)
        for index in all { try index.write(to: storage) }
    }

    /// Records that are asked for ahead of their turn.
    static let ahead = 6

    /// Asks memory for where a record and its person are looked up and put, and does not wait.
    func expect(record: RecordBits, person: ShortHash) {
        records.expect(group: record)
        persons.expect(group: person)
        registrations.expect(group: person, isPutOnly: true)
    }

    var needsUpkeep: Bool { all.contains { $0.needsUpkeep } }

    /// One step of upkeep of one index.
    func maintain(in database: Database) throws {
        try order.next(of: all)?.maintain(in: SQLiteRunStorage(database: database))
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
