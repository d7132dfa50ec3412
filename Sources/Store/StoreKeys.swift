import Crypto
import Synchronization

/// The secrets of a store, from files that are never in a backup.
public struct StoreKeys: Sendable {
    /// Wrap the data keys that encrypt payloads. Shared by all copies, so that a new key is in force for every verb at once.
    let wrapping: WrappingRing
    /// Hashes persons' numbers for look-ups. Never rotated: it would lose every index.
    let lookup: SymmetricKey
    /// Makes the pseudonyms of the audit log.
    let log: SymmetricKey
    /// Each keyed once: the key's schedule costs as much as hashing a person's number.
    private let lookupHash: HMAC<SHA256>
    private let logHash: HMAC<SHA256>

    /// - Parameters:
    ///   - wrapping: the content of the wrapping key file.
    ///   - lookup, log: each exactly 32 bytes.
    public init(wrapping: [UInt8], lookup: [UInt8], log: [UInt8]) throws(StoreError) {
        try self.init(wrapping: WrappingKeys(file: wrapping), lookup: lookup, log: log)
    }

    /// - Parameters:
    ///   - lookup, log: each exactly 32 bytes.
    public init(wrapping: WrappingKeys, lookup: [UInt8], log: [UInt8]) throws(StoreError) {
        guard lookup.count == 32, log.count == 32 else {
            throw StoreError(
                .invalid, "a store key does not have 32 bytes", remedy: "restore the key files from their own backup")
        }
        self.wrapping = WrappingRing(wrapping)
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

    /// The wrapping keys in force. Set what is durable in their file, and only then.
    public var wrappingKeys: WrappingKeys {
        get { wrapping.keys }
        nonmutating set { wrapping.keys = newValue }
    }

    /// A code over what only the holder of these keys can have written, such as a backup's account of itself.
    public func code(over text: [UInt8], as use: String) -> [UInt8] {
        var code = logHash
        code.update(data: Array("yizhan \(use)\n".utf8))
        code.update(data: text)
        return Self.front(code.finalize(), 32)
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

/// The wrapping keys of this process.
final class WrappingRing: Sendable {
    private let held: Mutex<WrappingKeys>

    init(_ keys: WrappingKeys) { held = Mutex(keys) }

    var keys: WrappingKeys {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
