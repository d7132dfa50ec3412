import Crypto
import Interchange

/// The keyed hash that makes a record's id: HMAC-SHA256, cut to its first 128 bits, over the source's system, the kind and
/// the normalised key values, each with its length in four bytes, big-endian, before it.
struct RecordHash {
    /// The hashes of HMAC (RFC 2104) after the key's blocks; each code goes on from copies. The library's own
    /// type does the same, but its generic calls took half the time.
    private let inner: SHA256
    private let outer: SHA256
    private var message: [UInt8] = []

    init(key: [UInt8]) {
        let key = key.count > SHA256.blockByteCount ? Array(SHA256.hash(data: key)) : key
        inner = Self.keyed(key, pad: 0x36)
        outer = Self.keyed(key, pad: 0x5C)
    }

    private static func keyed(_ key: [UInt8], pad: UInt8) -> SHA256 {
        var block = [UInt8](repeating: pad, count: SHA256.blockByteCount)
        for (place, byte) in key.enumerated() { block[place] = byte ^ pad }
        var hash = SHA256()
        hash.update(data: block)
        return hash
    }

    /// - Parameter front: what ``front(system:kind:)`` gives.
    mutating func begin(_ front: [UInt8]) {
        message.removeAll(keepingCapacity: true)
        message.append(contentsOf: front)
    }

    /// What comes before the key values of every record of one system and kind.
    static func front(system: [UInt8], kind: Kind) -> [UInt8] {
        var hash = RecordHash(message: [])
        system.withUnsafeBytes { hash.add($0) }
        Array(kind.rawValue.utf8).withUnsafeBytes { hash.add($0) }
        return hash.message
    }

    private init(message: [UInt8]) {
        (inner, outer) = (SHA256(), SHA256())
        self.message = message
    }

    mutating func add(_ value: UnsafeRawBufferPointer) {
        let count = UInt32(truncatingIfNeeded: value.count)
        message.append(UInt8(truncatingIfNeeded: count >> 24))
        message.append(UInt8(truncatingIfNeeded: count >> 16))
        message.append(UInt8(truncatingIfNeeded: count >> 8))
        message.append(UInt8(truncatingIfNeeded: count))
        message.append(contentsOf: value)
    }

    func end(home: Province, register: Province) -> RecordID {
        var (inner, outer) = (inner, outer)
        message.withUnsafeBytes { inner.update(bufferPointer: $0) }
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize().withUnsafeBytes { code in
            RecordID(
                home: home, register: register,
                high: UInt64(bigEndian: code.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: code.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}
