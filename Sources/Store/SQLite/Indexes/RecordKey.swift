import Interchange

extension RecordID {
    /// The 18 bytes of a key column: home, register, and the 128 bits, big-endian.
    var key: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.bytes) { out, count in
            guard let base = out.baseAddress else { return }
            var fields = FieldWriter(UnsafeMutableRawPointer(base))
            fields.put(self)
            count = Self.bytes
        }
    }

    /// Nil unless these are the bytes of ``key``.
    init?(key bytes: [UInt8]) {
        guard bytes.count == Self.bytes, let home = Province(number: Int(bytes[0])),
            let register = Province(number: Int(bytes[1]))
        else { return nil }
        let (high, low) = bytes.withUnsafeBytes {
            (
                $0.loadUnaligned(fromByteOffset: 2, as: UInt64.self).bigEndian,
                $0.loadUnaligned(fromByteOffset: 10, as: UInt64.self).bigEndian
            )
        }
        self.init(home: home, register: register, high: high, low: low)
    }
}
