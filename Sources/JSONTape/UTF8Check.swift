/// Whether the bytes are well-formed UTF-8 (RFC 3629; Unicode 15.0, table 3-7).
///
/// Reads up to sixteen bytes past the end: the parser's buffer has zeros there, which continue no sequence.
func isWellFormedUTF8(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var position = 0
    while position &+ 15 <= count, isFiveOfThree(bytes + position) { position &+= 15 }
    while position < count {
        let word = loadWord(bytes + position)
        if isPairOfThree(word), position &+ 6 <= count {
            position &+= 6
            continue
        }
        let lead = UInt8(truncatingIfNeeded: word)
        if lead < 0x80 {
            position &+= 1
        } else if lead >= 0xE1, lead != 0xED, lead < 0xF0 {  // Nearly all of Chinese.
            guard continues(bytes[position &+ 1]), continues(bytes[position &+ 2]) else { return false }
            position &+= 3
        } else {
            let length = rareSequenceLength(bytes + position)
            if length == 0 { return false }
            position &+= length
        }
    }
    return position == count
}

/// Whether the first fifteen bytes are five sequences of three bytes, none of which begins with E0 or ED.
@inline(__always)
private func isFiveOfThree(_ bytes: UnsafePointer<UInt8>) -> Bool {
    guard loadWord(bytes) & 0xC0F0_C0C0_F0C0_C0F0 == 0x80E0_8080_E080_80E0,
        loadWord(bytes + 8) & 0x00C0_C0F0_C0C0_F0C0 == 0x0080_80E0_8080_E080
    else { return false }
    let block = UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<UInt8>.self)
    let own = unsafeBitCast(
        (block .== SIMD16(everywhere: 0xE0)) .| (block .== SIMD16(everywhere: 0xED)), to: SIMD2<UInt64>.self)
    return own.x | own.y & 0x00FF_FFFF_FFFF_FFFF == 0
}

/// Whether the first six bytes are two sequences of three bytes, neither of which begins with E0 or ED.
@inline(__always)
private func isPairOfThree(_ word: UInt64) -> Bool {
    // One bit for each low half of a lead byte that has no rule of its own.
    let free: UInt64 = 0xDFFE
    return word & 0xC0C0_F0C0_C0F0 == 0x8080_E080_80E0
        && (free &>> (word & 0xF)) & (free &>> (word &>> 24 & 0xF)) & 1 != 0
}

@inline(__always)
private func continues(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

/// The length of a sequence whose second byte has bounds of its own, or zero.
private func rareSequenceLength(_ bytes: UnsafePointer<UInt8>) -> Int {
    let second = bytes[1]
    switch bytes[0] {
    case 0xC2...0xDF: return continues(second) ? 2 : 0
    case 0xE0: return (0xA0...0xBF).contains(second) && continues(bytes[2]) ? 3 : 0
    case 0xED: return (0x80...0x9F).contains(second) && continues(bytes[2]) ? 3 : 0
    case 0xF0: return (0x90...0xBF).contains(second) && continues(bytes[2]) && continues(bytes[3]) ? 4 : 0
    case 0xF1...0xF3: return continues(second) && continues(bytes[2]) && continues(bytes[3]) ? 4 : 0
    case 0xF4: return (0x80...0x8F).contains(second) && continues(bytes[2]) && continues(bytes[3]) ? 4 : 0
    default: return 0
    }
}
