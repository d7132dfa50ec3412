internal import CPrefetch

/// A Bloom filter in blocks of one cache line: says of most groups that a run does not have, that it does not have them.
struct RunFilter: Sendable {
    private(set) var bytes: [UInt8]
    private let blocks: UInt64

    /// Bits set for a group, all in one block of 512.
    private static let probes = 6

    init(entries: Int) {
        let count = max(1, (entries * RunLimits.filterBitsPerEntry + 511) / 512)
        bytes = [UInt8](repeating: 0, count: count * 64)
        blocks = UInt64(count)
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
        blocks = UInt64(bytes.count / 64)
    }

    mutating func insert(_ hash: UInt64) {
        let start = Self.block(hash, of: blocks)
        for probe in 0..<Self.probes {
            let bit = Self.bit(probe, hash)
            bytes[start + bit >> 3] |= 1 << UInt8(bit & 7)
        }
    }

    func mayContain(_ hash: UInt64) -> Bool {
        guard blocks > 0 else { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            let start = Self.block(hash, of: blocks)
            for probe in 0..<Self.probes {
                let bit = Self.bit(probe, hash)
                if bytes[start + bit >> 3] & 1 << UInt8(bit & 7) == 0 { return false }
            }
            return true
        }
    }

    /// Asks memory for what ``mayContain(_:)`` reads.
    func expect(_ hash: UInt64) {
        guard blocks > 0 else { return }
        bytes.withUnsafeBufferPointer { bytes in
            if let base = bytes.baseAddress { cprefetch(base + Self.block(hash, of: blocks)) }
        }
    }

    private static func block(_ hash: UInt64, of blocks: UInt64) -> Int {
        Int(hash.multipliedFullWidth(by: blocks).high) * 64
    }

    /// Nine bits each of a second mix of the hash.
    private static func bit(_ probe: Int, _ hash: UInt64) -> Int {
        let mixed = (hash ^ hash >> 32) &* 0xFF51_AFD7_ED55_8CCD
        return Int(mixed >> UInt64(probe * 9) & 511)
    }
}
