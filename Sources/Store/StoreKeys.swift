import Crypto

/// The secrets of a store, from files that are never in a backup.
public struct StoreKeys: Sendable {
    /// Wraps the data keys that encrypt payloads (AES-256).
    let wrapping: SymmetricKey
    /// Hashes persons' numbers for look-ups. Never rotated: it would lose every index.
    let lookup: SymmetricKey
    /// Makes the pseudonyms of the audit log.
    let log: SymmetricKey
    /// Each keyed once: the key's schedule costs as much as hashing a person's number.
    private let lookupHash: HMAC<SHA256>
    private let logHash: HMAC<SHA256>

    /// - Parameters: each exactly 32 bytes.
    public init(wrapping: [UInt8], lookup: [UInt8], log: [UInt8]) throws(StoreError) {
        guard wrapping.count == 32, lookup.count == 32, log.count == 32 else {
            throw StoreError(
                .invalid, "a store key does not have 32 bytes", remedy: "restore the key files from their own backup")
        }
        self.wrapping = SymmetricKey(data: wrapping)
        self.lookup = SymmetricKey(data: lookup)
        self.log = SymmetricKey(data: log)
        lookupHash = HMAC(key: self.lookup)
        logHash = HMAC(key: self.log)
    }

    /// A person's look-up hash: HMAC-SHA256 cut to 128 bits. The space of numbers is small enough to search, so a plain hash
    /// of a number would be the number.
    func lookupHash(_ subject: [UInt8]) -> [UInt8] {
        var code = lookupHash
        code.update(data: subject)
        return Self.front(code.finalize(), 16)
    }

    /// Whether two drafts of a record say the same: keyed, so that it confirms no guess of an erased payload.
    func contentHash(_ content: [UInt8]) -> [UInt8] {
        var code = lookupHash
        code.update(data: [0x43])
        code.update(data: content)
        return Self.front(code.finalize(), 16)
    }

    /// The audit log's name for a person.
    func pseudonym(salt: [UInt8]) -> [UInt8] {
        var code = logHash
        code.update(data: salt)
        return Self.front(code.finalize(), 32)
    }

    private static func front(_ code: HMAC<SHA256>.MAC, _ count: Int) -> [UInt8] {
        code.withUnsafeBytes { Array($0.prefix(count)) }
    }
}
