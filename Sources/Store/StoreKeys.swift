import AuditLog
import Crypto
import Hashing
import Interchange
import Synchronization

/// The secrets of a store, from files that are never in a backup.
public struct StoreKeys: Sendable {
    /// Wrap the data keys that encrypt payloads. Shared by all copies, so that a new key is in force for every verb at once.
    let wrapping: WrappingRing
    private let hashes: Hashes

    /// A class: prepared keys are half a kilobyte, and every verb takes its own copy of the store's.
    private final class Hashes: Sendable {
        /// Hashes persons' numbers for look-ups. Never rotated: it would lose every index.
        let lookup: KeyedHash
        /// Makes the pseudonyms of the audit log.
        let log: KeyedHash

        init(lookup: [UInt8], log: [UInt8]) {
            self.lookup = KeyedHash(key: lookup)
            self.log = KeyedHash(key: log)
        }
    }

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
        hashes = Hashes(lookup: lookup, log: log)
    }

    /// A person's look-up hash: HMAC-SHA256 cut to 128 bits. The space of numbers is small enough to search, so a plain hash
    /// of a number would be the number.
    func lookupHash(_ subject: [UInt8]) -> ShortHash { ShortHash(cutting: hashes.lookup.code(over: subject)) }

    /// Of whom a record is about. Of a person without a number, the arrival stands for the person.
    /// - Parameter arrival: that the record refers to; nil where it is one itself.
    func lookupHash(_ subject: [UInt8]?, arrival: RecordID?, record: RecordID) -> ShortHash {
        lookupHash(subject ?? Array((arrival ?? record).description.utf8))
    }

    /// The name of a count, as ``lookupHash(_:)``: over the byte 3, with which no number begins, and the parts one after another.
    /// - Parameter more: goes after the words, each of which is a line.
    func countHash(_ words: String..., more: [UInt8]) -> ShortHash {
        ShortHash(
            cutting: hashes.lookup.code { state in
                state.update(byte: 0x03)
                for word in words {
                    var word = word
                    word.withUTF8 { state.update(UnsafeRawBufferPointer($0)) }
                    state.update(byte: 0x0A)
                }
                state.update(more)
            })
    }

    /// Whether two drafts of a record say the same: keyed, so that it confirms no guess of an erased payload.
    func contentHash(_ content: [UInt8]) -> ShortHash {
        ShortHash(
            cutting: hashes.lookup.code { state in
                state.update(byte: 0x43)
                state.update(content)
            })
    }

    /// Of a fact about a person, for this person only. Never 0.
    /// - Parameter use: 1 or 2; a person's number never begins with these bytes, so the hashes have nothing in common with
    ///   look-up hashes.
    func factHash(_ use: UInt8, _ fact: [UInt8], of person: ShortHash) -> UInt64 {
        let code = hashes.lookup.code { state in
            state.update(byte: use)
            state.update(person)
            state.update(fact)
        }
        return ShortHash(cutting: code).number | 1
    }

    /// The wrapping keys in force. Set what is durable in their file, and only then.
    public var wrappingKeys: WrappingKeys {
        get { wrapping.keys }
        nonmutating set { wrapping.keys = newValue }
    }

    /// A code over what only the holder of these keys can have written, such as a backup's account of itself.
    public func code(over text: [UInt8], as use: String) -> [UInt8] {
        hashes.log.code { state in
            state.update(Array("yizhan \(use)\n".utf8))
            state.update(text)
        }.bytes
    }

    /// The audit log's name for a person.
    func pseudonym(salt: ShortHash) -> Digest256 { hashes.log.code { $0.update(salt) } }
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
