internal import CPrefetch

/// A Bloom filter in blocks of one cache line: says of most groups that a run does not have, that it does not have them.
///
/// A class over memory of its own: every look-up of every record asks those of all runs, and counting references to arrays cost more than
/// that. It is read through a ``View``. While a merge fills it, a step that is taken back leaves what it set: the step is done again with
/// the same entries; a bit too many would make a filter less sharp and never wrong.
final class RunFilter {
    /// As long as the filter lives.
    let view: View
    private let base: UnsafeMutablePointer<UInt8>
    private let count: Int

    init(entries: Int) {
        let blocks = max(1, (entries * RunLimits.filterBitsPerEntry + 511) / 512)
        (base, count) = (Self.allocate(blocks), blocks * View.blockBytes)
        base.initialize(repeating: 0, count: count)
        view = View(base: base, blocks: UInt64(blocks))
    }

    /// - Parameter bytes: of ``bytes``.
    init(bytes: [UInt8]) {
        let blocks = bytes.count / View.blockBytes
        let (base, count) = (Self.allocate(blocks), blocks * View.blockBytes)
        bytes.withUnsafeBufferPointer { bytes in
            if let first = bytes.baseAddress { base.initialize(from: first, count: count) }
        }
        (self.base, self.count) = (base, count)
        view = View(base: base, blocks: UInt64(blocks))
    }

    deinit { base.deallocate() }

    /// A block never lies in two cache lines.
    private static func allocate(_ blocks: Int) -> UnsafeMutablePointer<UInt8> {
        let bytes = max(1, blocks) * View.blockBytes
        return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: View.blockBytes)
            .bindMemory(to: UInt8.self, capacity: bytes)
    }

    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

    func insert(_ hash: UInt64) {
        let block = base + view.place(hash)
        for probe in 0..<View.probes {
            let bit = View.bit(probe, hash)
            block[bit >> 3] |= 1 << UInt8(bit & 7)
        }
    }

    /// What looks a filter up: without a reference to it, for whoever holds the filter.
    struct View {
        fileprivate static let blockBytes = 64
        /// Bits set for a group, all in one block of 512.
        fileprivate static let probes = 6

        fileprivate let base: UnsafeMutablePointer<UInt8>
        fileprivate let blocks: UInt64

        /// False when no entry has a group of this hash.
        @inline(__always)
        func mayContain(_ hash: UInt64) -> Bool {
            guard blocks > 0 else { return true }
            let block = base + place(hash)
            for probe in 0..<Self.probes {
                let bit = Self.bit(probe, hash)
                if block[bit >> 3] & 1 << UInt8(bit & 7) == 0 { return false }
            }
            return true
        }

        /// Asks memory for what ``mayContain(_:)`` reads.
        @inline(__always)
        func expect(_ hash: UInt64) { if blocks > 0 { cprefetch(base + place(hash)) } }

        /// Where the hash's block begins.
        @inline(__always)
        fileprivate func place(_ hash: UInt64) -> Int {
            Int(truncatingIfNeeded: hash.multipliedFullWidth(by: blocks).high) * Self.blockBytes
        }

        /// Nine bits each of a second mix of the hash.
        @inline(__always)
        fileprivate static func bit(_ probe: Int, _ hash: UInt64) -> Int {
            let mixed = (hash ^ hash >> 32) &* 0xFF51_AFD7_ED55_8CCD
            return Int(truncatingIfNeeded: mixed >> UInt64(probe * 9) & 511)
        }
    }
}
