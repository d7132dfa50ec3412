import Crypto
import GRDB
import Interchange

extension SQLiteStore {
    public func rewrapDataKeys(after id: Int64) async throws -> Int64? {
        let keys = keys
        return try await writes.run { transaction in
            let current = keys.wrappingKeys.current.id
            let others = try RawStatement(
                transaction.database,
                """
                SELECT id, wrapping_key_id, wrapped FROM data_key
                WHERE id > ?1 AND wrapping_key_id <> ?2 AND wrapping_key_id <> 0 ORDER BY id LIMIT ?3
                """)
            others.bind(1, id)
            others.bind(2, current)
            others.bind(3, StoreLimits.keysPerStep)
            var found: [(id: Int64, key: WrappedKey)] = []
            try others.forEachRow { found.append(($0.integer(0), WrappedKey($0, from: 1))) }
            let put = try RawStatement(
                transaction.database, "UPDATE data_key SET wrapped = ?2, wrapping_key_id = ?3 WHERE id = ?1")
            for (id, key) in found {
                let again = try key.wrappedAgain(keys)
                put.bind(1, id)
                put.bind(2, again.wrapped)
                put.bind(3, again.wrapping)
                try put.run()
            }
            return found.count < StoreLimits.keysPerStep ? nil : found.last?.id
        }
    }

    public func dataKeys(wrappedBy id: Int64) async throws -> Int {
        try await read { database in
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM data_key WHERE wrapping_key_id = ?", arguments: [id]) ?? 0
        }
    }
}

extension WrappedKey {
    fileprivate func wrappedAgain(_ keys: StoreKeys) throws -> WrappedKey {
        do { return try WrappedKey(try unwrap(keys), keys: keys) } catch {
            throw StoreError(
                .corrupt, "a data key does not open with any wrapping key",
                remedy: "check that the wrapping key file belongs to this store; if it does, restore from backup")
        }
    }
}
