/// Receipts have thousands of digests: 32 bytes as 44 characters, without an array for each.
extension Base64 {
    /// - Parameter bytes: 32.
    static func append(digest bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        standard.withUnsafeBufferPointer { alphabet in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 44) { text in
                for group in 0..<11 {
                    let place = group * 3
                    let last = group < 10 ? UInt32(bytes[place + 2]) : 0
                    let held = UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8 | last
                    for position in 0..<4 {
                        text[group * 4 + position] = alphabet[Int(held >> UInt32(18 - position * 6) & 63)]
                    }
                }
                text[43] = 0x3D
                out.append(contentsOf: text)
            }
        }
    }

    /// The 32 bytes as big-endian words; nil for anything but what ``append(digest:to:)`` writes.
    static func words(ofDigest text: UnsafeRawBufferPointer) -> (UInt64, UInt64, UInt64, UInt64)? {
        guard text.count == 44, text[43] == 0x3D else { return nil }
        return standardValues.withUnsafeBufferPointer { values in
            var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
            var seen: UInt8 = 0
            let isWhole = withUnsafeMutableBytes(of: &words) { out in
                for group in 0..<11 {
                    var held: UInt32 = 0
                    for position in 0..<(group < 10 ? 4 : 3) {
                        let value = values[Int(text[group * 4 + position])]
                        seen |= value
                        held |= UInt32(value & 63) << UInt32(18 - position * 6)
                    }
                    let place = group * 3
                    out[place] = UInt8(truncatingIfNeeded: held >> 16)
                    out[place + 1] = UInt8(truncatingIfNeeded: held >> 8)
                    if group < 10 { out[place + 2] = UInt8(truncatingIfNeeded: held) }
                    // Bits past the end have one spelling.
                    if group == 10, held & 0xFF != 0 { return false }
                }
                return seen < 64
            }
            guard isWhole else { return nil }
            return (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        }
    }
}
