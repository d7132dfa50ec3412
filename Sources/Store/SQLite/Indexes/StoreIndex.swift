import GRDB
import Interchange
import SortedRuns

/// A key or a value of an index: always as many bytes.
protocol FixedWidth {
    static var bytes: Int { get }

    func write(to fields: inout FieldWriter)
}

extension FixedWidth {
    var fixedBytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.bytes) { out, count in
            guard let base = out.baseAddress else { return }
            var fields = FieldWriter(base)
            write(to: &fields)
            count = Self.bytes
        }
    }
}

/// A value of an index, which is also read.
protocol FixedWidthValue: FixedWidth {
    init(reading fields: inout FieldReader)
}

/// One index of the store with the types of its keys and values.
struct StoreIndex<Key: FixedWidth, Value: FixedWidthValue> {
    let runs: RunIndex

    /// - Parameters:
    ///   - groupBytes, isErasing: as in ``RunShape``.
    static func shape(_ number: Int, groupBytes: Int? = nil, isErasing: Bool = false) -> RunShape {
        RunShape(
            index: number, keyBytes: Key.bytes, groupBytes: groupBytes, valueBytes: Value.bytes, isErasing: isErasing)
    }

    func value(of key: Key, in database: Database) throws -> Value? {
        try withUnsafeTemporaryAllocation(byteCount: Key.bytes + Value.bytes, alignment: 8) { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var fields = FieldWriter(base)
            key.write(to: &fields)
            let value = base + Key.bytes
            let key = UnsafeRawBufferPointer(start: base, count: Key.bytes)
            guard try runs.copy(key, to: value, in: SQLiteRunStorage(database: database)) else { return nil }
            var found = FieldReader(value)
            return Value(reading: &found)
        }
    }

    func put(_ key: Key, _ value: Value) {
        runs.put { keyBytes, valueBytes in
            var fields = FieldWriter(keyBytes)
            key.write(to: &fields)
            fields = FieldWriter(valueBytes)
            value.write(to: &fields)
        }
    }

    /// Asks memory for where entries of the group would be, and does not wait.
    /// - Parameter isPutOnly: whether it will only be put.
    func expect(group: some FixedWidth, isPutOnly: Bool = false) {
        withBytes(of: group) { runs.expect(group: $0, isPutOnly: isPutOnly) }
    }

    /// False when no key begins so, which costs no reading; seldom true when none does.
    func mayHold(group: some FixedWidth) -> Bool { withBytes(of: group) { runs.mayHold(group: $0) } ?? true }

    private func withBytes<Group: FixedWidth, Result>(
        of group: Group, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        withUnsafeTemporaryAllocation(byteCount: Group.bytes, alignment: 8) { bytes in
            bytes.baseAddress.map { base in
                var fields = FieldWriter(base)
                group.write(to: &fields)
                return body(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    /// Every entry whose key begins so, in no order.
    func forEach(
        group: some FixedWidth, in database: Database, _ body: (_ key: [UInt8], _ value: Value) throws -> Void
    ) throws {
        try runs.forEach(group: group.fixedBytes, in: SQLiteRunStorage(database: database)) { key, value in
            if let value = Self.decode(value) { try body(key, value) }
        }
    }

    /// Asks upkeep to leave out entries that are not kept, so that nothing is left of them.
    func condense(keeping: @escaping (Value) -> Bool) { runs.condense { Self.decode($0).map(keeping) ?? false } }

    private static func decode(_ bytes: [UInt8]) -> Value? {
        bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { base in
                var fields = FieldReader(base)
                return Value(reading: &fields)
            }
        }
    }

    func remove(_ key: Key) {
        runs.remove { bytes in
            var fields = FieldWriter(bytes)
            key.write(to: &fields)
        }
    }
}

/// The 128 bits first: they stand for the fact, wherever its home is.
extension RecordID: FixedWidth {
    static let bytes = 18

    func write(to fields: inout FieldWriter) {
        bits.write(to: &fields)
        fields.put(home.number)
        fields.put(register.number)
    }

    var bits: RecordBits { RecordBits(high: high, low: low) }

    /// Nil unless it is what ``write(to:)`` wrote.
    init?(indexKey key: [UInt8]) {
        guard key.count == Self.bytes, let home = Province(number: Int(key[16])),
            let register = Province(number: Int(key[17]))
        else { return nil }
        let (high, low) = key.withUnsafeBytes {
            (
                $0.loadUnaligned(as: UInt64.self).bigEndian,
                $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian
            )
        }
        self.init(home: home, register: register, high: high, low: low)
    }
}

extension ShortHash: FixedWidth {
    static let bytes = ShortHash.byteCount

    func write(to fields: inout FieldWriter) { fields.put(self) }
}

/// The 128 bits of a record, whatever its home and register.
struct RecordBits: FixedWidth {
    static let bytes = 16

    let high: UInt64
    let low: UInt64

    func write(to fields: inout FieldWriter) {
        fields.put(ordered: high)
        fields.put(ordered: low)
    }
}

/// A person and the record that says something of them.
struct RegistrationKey: FixedWidth {
    static let bytes = 34

    let subject: ShortHash
    /// Nil of what no record says.
    let record: RecordID?

    func write(to fields: inout FieldWriter) {
        fields.put(subject)
        if let record { return fields.put(record) }
        fields.put(UInt16(0))
        fields.put(UInt64(0))
        fields.put(UInt64(0))
    }
}
