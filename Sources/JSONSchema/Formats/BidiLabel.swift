/// The rule for labels of names that are written from right to left: RFC 5893, section 2.
struct BidiLabel {
    /// The classes of UAX #9 that the rule tells apart, told by the ranges that UAX #9 keeps for them.
    private enum Class { case left, right, arabicLetter, arabicNumber, europeanNumber, mark, neutral }

    private let classes: [Class]

    init(_ scalars: [Unicode.Scalar]) { classes = scalars.map(Self.direction(of:)) }

    /// Whether a name with this label must keep the rule.
    var isFromRight: Bool { classes.contains { $0 == .right || $0 == .arabicLetter || $0 == .arabicNumber } }

    var keepsRule: Bool {
        let last = classes.last { $0 != .mark }
        switch classes.first {
        case .left:
            return !isFromRight && (last == .left || last == .europeanNumber)
        case .right, .arabicLetter:
            return !classes.contains(.left) && last != .neutral
                && !(classes.contains(.europeanNumber) && classes.contains(.arabicNumber))
        default: return false
        }
    }

    private static func direction(of scalar: Unicode.Scalar) -> Class {
        switch scalar.value {
        case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
        case 0x660...0x669, 0x6DD, 0x1_0D30...0x1_0D39: return .arabicNumber
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        case .format, .dashPunctuation: return .neutral
        default: break
        }
        switch scalar.value {
        case 0x590...0x5FF, 0x7C0...0x85F, 0xFB1D...0xFB4F, 0x1_0800...0x1_0CFF, 0x1_0D40...0x1_0EBF,
            0x1_0F00...0x1_0F2F, 0x1_0F70...0x1_0FFF, 0x1_E800...0x1_EC6F:
            return .right
        case 0x600...0x7BF, 0x860...0x8FF, 0xFB50...0xFDFF, 0xFE70...0xFEFF, 0x1_0D00...0x1_0D2F,
            0x1_0F30...0x1_0F6F, 0x1_EC70...0x1_EFFF:
            return .arabicLetter
        default: return .left
        }
    }
}
