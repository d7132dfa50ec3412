/// Writes ranges of scalars as ranges of UTF-8 bytes, one for each place of the sequence.
///
/// After Russ Cox, "Regular Expression Matching in the Wild": cut where the length changes, then where a byte's lower
/// bits are not the whole span.
enum UTF8Ranges {
    typealias Sequence = [ClosedRange<UInt8>]

    static func sequences(of set: ScalarSet) -> [Sequence] {
        var output: [Sequence] = []
        for range in set.ranges { cut(range.lowerBound, range.upperBound, into: &output) }
        return output
    }

    private static func cut(_ low: UInt32, _ high: UInt32, into output: inout [Sequence]) {
        guard low <= high else { return }
        if low <= 0xDFFF, high >= 0xD800 {  // Surrogates have no UTF-8.
            if low < 0xD800 { cut(low, 0xD7FF, into: &output) }
            if high > 0xDFFF { cut(0xE000, high, into: &output) }
            return
        }
        for bound: UInt32 in [0x7F, 0x7FF, 0xFFFF] where low <= bound && high > bound {
            cut(low, bound, into: &output)
            cut(bound + 1, high, into: &output)
            return
        }
        if high <= 0x7F { return output.append([UInt8(low)...UInt8(high)]) }
        for shift: UInt32 in [6, 12, 18] {
            let mask = (1 << shift) - 1 as UInt32
            guard low & ~mask != high & ~mask else { continue }
            if low & mask != 0 {
                cut(low, low | mask, into: &output)
                cut((low | mask) + 1, high, into: &output)
                return
            }
            if high & mask != mask {
                cut(low, (high & ~mask) - 1, into: &output)
                cut(high & ~mask, high, into: &output)
                return
            }
        }
        output.append(zip(encode(low), encode(high)).map { $0...$1 })
    }

    private static func encode(_ value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
    }
}
