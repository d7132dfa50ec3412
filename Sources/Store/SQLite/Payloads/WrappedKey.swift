import Crypto
import GRDB
import Interchange

/// A data key as it lies in its table, wrapped (RFC 3394) by one of the store's wrapping keys.
///
/// The number of a body's key stands in the body's row. When that row is deleted or gets another key, triggers write zeros over
/// the key that it had (``Schema/atRest``): a key goes with the body that it opens. Rows of keys stay, so that no page of the
/// table is ever taken apart and no copy of a key is left behind in one.
struct WrappedKey: Sendable {
    struct Unusable: Error {}

    /// The number of the wrapping key; 0 of a key that was erased.
    let wrapping: Int64
    let wrapped: [UInt8]

    init(_ key: SymmetricKey, keys: StoreKeys) throws(StoreError) {
        let current = keys.wrappingKeys.current
        do {
            wrapped = Array(try AES.KeyWrap.wrap(key, using: current.secret))
        } catch {
            throw StoreError(.corrupt, "a data key could not be wrapped", remedy: "check the wrapping key file")
        }
        wrapping = current.id
    }

    /// - Parameter column: the first of two, `wrapping_key_id` and `wrapped`.
    init(_ columns: borrowing RawStatement.Columns, from column: Int32 = 0) {
        wrapping = columns.integer(column)
        wrapped = columns.bytes(column + 1)
    }

    /// - Throws: ``Unusable`` when there is none or it was erased.
    static func find(_ id: Int64, in database: Database) throws -> WrappedKey {
        let find = try RawStatement(database, "SELECT wrapping_key_id, wrapped FROM data_key WHERE id = ?1")
        find.bind(1, id)
        let found = try find.first { WrappedKey($0) }
        guard let found, found.wrapping > 0 else { throw Unusable() }
        return found
    }

    func unwrap(_ keys: StoreKeys) throws -> SymmetricKey {
        guard let secret = keys.wrappingKeys[wrapping] else { throw Unusable() }
        return try AES.KeyWrap.unwrap(wrapped, using: secret)
    }

    func insert(in database: Database, at now: Instant) throws -> Int64 {
        let insert = try RawStatement(
            database, "INSERT INTO data_key(wrapped, wrapping_key_id, made_at) VALUES (?1, ?2, ?3)")
        insert.bind(1, wrapped)
        insert.bind(2, wrapping)
        insert.bind(3, now.milliseconds)
        try insert.run()
        return database.lastInsertedRowID
    }

    /// Erases a key that no body has.
    static func erase(_ id: Int64, in database: Database) throws {
        let erase = try RawStatement(
            database, "UPDATE data_key SET wrapped = zeroblob(40), wrapping_key_id = 0 WHERE id = ?1")
        erase.bind(1, id)
        try erase.run()
    }
}
