import AuditLog
import Interchange

/// Writes fields of fixed width one after another; numbers with the least byte first.
struct FieldWriter {
    private var place: UnsafeMutableRawPointer

    /// - Parameter place: with room for all that will be written.
    init(_ place: UnsafeMutableRawPointer) { self.place = place }

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        place.storeBytes(of: number.littleEndian, as: Number.self)
        place += MemoryLayout<Number>.size
    }

    /// The most significant byte first, so that the bytes order as the numbers do.
    mutating func put<Number: FixedWidthInteger>(ordered number: Number) { put(number.byteSwapped) }

    mutating func put(_ digest: Digest256) {
        place.storeBytes(of: digest, as: Digest256.self)
        place += Digest256.byteCount
    }

    mutating func put(_ hash: ShortHash) {
        place.storeBytes(of: hash, as: ShortHash.self)
        place += ShortHash.byteCount
    }

    mutating func put(_ id: MessageID) {
        put(ordered: id.high)
        put(ordered: id.low)
    }

    mutating func put(_ record: RecordID) {
        put(record.home.number)
        put(record.register.number)
        put(ordered: record.high)
        put(ordered: record.low)
    }
}

/// Reads what ``FieldWriter`` wrote.
struct FieldReader {
    private var place: UnsafeRawPointer

    init(_ place: UnsafeRawPointer) { self.place = place }

    mutating func take<Number: FixedWidthInteger>(as: Number.Type = Number.self) -> Number {
        defer { place += MemoryLayout<Number>.size }
        return Number(littleEndian: place.loadUnaligned(as: Number.self))
    }

    mutating func takeDigest() -> Digest256 {
        defer { place += Digest256.byteCount }
        return place.loadUnaligned(as: Digest256.self)
    }

    mutating func takeHash() -> ShortHash {
        defer { place += ShortHash.byteCount }
        return place.loadUnaligned(as: ShortHash.self)
    }

    mutating func takeID() -> MessageID {
        let (high, low) = (take(as: UInt64.self).byteSwapped, take(as: UInt64.self).byteSwapped)
        return MessageID(high: high, low: low)
    }
}
