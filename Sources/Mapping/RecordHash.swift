import Hashing
import Interchange

/// The keyed hash that makes a record's id: HMAC-SHA256, cut to its first 128 bits, over the source's system, the kind and
/// the normalised key values, each with its length in four bytes, big-endian, before it.
struct RecordHash {
    private let keyed: KeyedHash
    private var message: [UInt8] = []

    init(key: [UInt8]) { keyed = KeyedHash(key: key) }

    /// A system that rows have in common is written out once.
    mutating func begin(system: [UInt8]?, of province: Province, kind: Kind) {
        if front?.province != province || front?.kind != kind { front = Front(system, province, kind) }
        message.removeAll(keepingCapacity: true)
        if let front { message.append(contentsOf: front.bytes) }
    }

    /// What every message of one system and one kind begins with.
    private struct Front {
        let province: Province
        let kind: Kind
        let bytes: [UInt8]

        init(_ system: [UInt8]?, _ province: Province, _ kind: Kind) {
            (self.province, self.kind) = (province, kind)
            let own = system ?? Array(province.description.utf8)
            bytes = [own, Array(kind.rawValue.utf8)].flatMap { text in
                withUnsafeBytes(of: UInt32(truncatingIfNeeded: text.count).bigEndian, Array.init) + text
            }
        }
    }

    private var front: Front?

    mutating func add(_ value: UnsafeRawBufferPointer) {
        let count = UInt32(truncatingIfNeeded: value.count)
        message.append(UInt8(truncatingIfNeeded: count >> 24))
        message.append(UInt8(truncatingIfNeeded: count >> 16))
        message.append(UInt8(truncatingIfNeeded: count >> 8))
        message.append(UInt8(truncatingIfNeeded: count))
        message.append(contentsOf: value)
    }

    func end(home: Province, register: Province) -> RecordID {
        let code = keyed.words { $0.update(message) }
        return RecordID(
            home: home, register: register, high: UInt64(bigEndian: code.x), low: UInt64(bigEndian: code.y))
    }
}
