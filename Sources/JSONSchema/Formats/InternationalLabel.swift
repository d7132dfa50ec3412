/// A label with other than ASCII characters, by IDNA 2008: RFC 5891, section 4.2 and 5.4.
///
/// That the label is in normal form C is not checked: the standard library has no table of it.
struct InternationalLabel {
    private let scalars: [Unicode.Scalar]
    let bidi: BidiLabel

    private static let prefix = Array("xn--".utf8)
    private static let maximumBytes = 63

    /// A label as it is written by people; nil when IDNA does not allow it.
    init?(_ scalars: [Unicode.Scalar]) {
        guard let first = scalars.first, let last = scalars.last, first != "-", last != "-",
            !first.isMark, !(scalars.count >= 4 && scalars[2] == "-" && scalars[3] == "-")
        else { return nil }
        self.scalars = scalars
        bidi = BidiLabel(scalars)
        guard scalars.count <= Self.maximumBytes, asciiCount <= Self.maximumBytes,
            scalars.indices.allSatisfy(isAllowed)
        else { return nil }
    }

    /// A label that begins with `xn--`, in capitals or not; nil when it is not the one ASCII form of an allowed label.
    init?(ascii text: TextSlice) {
        guard text.count <= Self.maximumBytes, Self.isEncoded(text) else { return nil }
        let code = text.dropFirst(4).map { $0.isLetter ? $0 | 0x20 : $0 }
        guard let scalars = Punycode.decoded(code), !scalars.allSatisfy(\.isASCII), Punycode.encoded(scalars) == code
        else { return nil }
        self.init(scalars)
    }

    static func isEncoded(_ label: TextSlice) -> Bool {
        label.count >= 4 && zip(label, prefix).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    /// Bytes of the ASCII form.
    var asciiCount: Int {
        scalars.allSatisfy(\.isASCII) ? scalars.count : Self.prefix.count + Punycode.encoded(scalars).count
    }

    private func isAllowed(at place: Int) -> Bool {
        switch scalars[place].derivedProperty {
        case .valid: true
        case .disallowed: false
        case .inContext: InternationalContext(scalars: scalars, place: place).allows
        }
    }
}

extension Unicode.Scalar {
    enum DerivedProperty { case valid, inContext, disallowed }

    var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// The derived property of RFC 5892, section 3; unassigned counts as disallowed.
    var derivedProperty: DerivedProperty {
        switch value {
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return .valid
        case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9, 0x200C, 0x200D: return .inContext
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return .disallowed
        case 0x2D, 0x30...0x39, 0x61...0x7A: return .valid
        case 0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7FB: return .disallowed
        case 0x20D0...0x20FF, 0x1_D100...0x1_D24F: return .disallowed
        default: break
        }
        // What a fold of case or of compatibility would change is unstable.
        guard !properties.changesWhenNFKCCaseFolded, !properties.isDefaultIgnorableCodePoint, !properties.isWhitespace
        else { return .disallowed }
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
            .spacingMark:
            return .valid
        default: return .disallowed
        }
    }
}
