/// The rules of RFC 5892, appendix A, for characters that are allowed among certain others only.
///
/// Scripts and joining types are told by ranges: of joining types those of Arabic, which the rule for U+200C is for.
struct InternationalContext {
    let scalars: [Unicode.Scalar]
    let place: Int

    /// Whether the character at the place may stand there.
    var allows: Bool {
        switch scalars[place].value {
        case 0xB7: before?.value == 0x6C && after?.value == 0x6C
        case 0x375: after.map(Self.isGreek) ?? false
        case 0x5F3, 0x5F4: before.map(Self.isHebrew) ?? false
        case 0x30FB: scalars.contains(where: Self.isJapaneseOrHan)
        case 0x660...0x669: !scalars.contains { (0x6F0...0x6F9).contains($0.value) }
        case 0x6F0...0x6F9: !scalars.contains { (0x660...0x669).contains($0.value) }
        case 0x200C: followsVirama || joinsLetters
        default: followsVirama
        }
    }

    private var before: Unicode.Scalar? { place > 0 ? scalars[place - 1] : nil }

    private var after: Unicode.Scalar? { place + 1 < scalars.count ? scalars[place + 1] : nil }

    private var followsVirama: Bool { before?.properties.canonicalCombiningClass == .virama }

    /// Whether letters that would join stand on both sides, with nothing but marks between.
    private var joinsLetters: Bool {
        guard let left = scalars[..<place].last(where: { !Self.isTransparent($0) }),
            let right = scalars[(place + 1)...].first(where: { !Self.isTransparent($0) })
        else { return false }
        return Self.isArabicLetter(left) && !Self.joinsOnlyBefore(left) && Self.isArabicLetter(right)
    }

    private static func isTransparent(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .nonspacingMark
    }

    private static func isArabicLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x621, 0x674, 0x6D5: scalar.value == 0x6D5
        case 0x620...0x64A, 0x66E...0x6D3, 0x6EE...0x6EF, 0x6FA...0x6FF, 0x750...0x77F: true
        default: false
        }
    }

    /// Letters of joining type R: the next one does not join them.
    private static func joinsOnlyBefore(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x622...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x673, 0x675...0x677, 0x688...0x699, 0x6C0,
            0x6C3...0x6CB, 0x6CD, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6EE, 0x6EF, 0x759...0x75B, 0x76B, 0x76C, 0x771,
            0x773, 0x774, 0x778, 0x779:
            true
        default: false
        }
    }

    private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x37E, 0x385, 0x387, 0x3E2...0x3EF: false
        case 0x370...0x3FF, 0x1F00...0x1FFF: true
        default: false
        }
    }

    private static func isHebrew(_ scalar: Unicode.Scalar) -> Bool {
        (0x591...0x5F4).contains(scalar.value) || (0xFB1D...0xFB4F).contains(scalar.value)
    }

    private static func isJapaneseOrHan(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF: true
        default: scalar.properties.isIdeographic
        }
    }
}
