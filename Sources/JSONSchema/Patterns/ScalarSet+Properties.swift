extension ScalarSet {
    /// The scalars with a Unicode property, by the name that stands between the braces of `\p{…}`; nil when unknown.
    ///
    /// General categories and the binary properties that need no tables of our own; scripts are not among them.
    init?(property name: String) {
        if name == "Any" {
            self.init(0...Self.maximum)
        } else if name == "ASCII" {
            self.init(0...0x7F)
        } else if let categories = Self.categories(named: name) {
            self.init { categories.contains($0.generalCategory) }
        } else if let test = Self.binaryProperty(named: name) {
            self.init(where: test)
        } else {
            return nil
        }
    }

    /// Whether there is a property of this name; its scalars are not looked up.
    static func hasProperty(_ name: String) -> Bool {
        name == "Any" || name == "ASCII" || categories(named: name) != nil || binaryProperty(named: name) != nil
    }

    private init(where test: (Unicode.Scalar.Properties) -> Bool) {
        var ranges: [ClosedRange<UInt32>] = []
        var start: UInt32?
        for value in 0...Self.maximum {
            let holds = Unicode.Scalar(value).map { test($0.properties) } ?? false
            if holds, start == nil { start = value }
            if !holds, let first = start {
                ranges.append(first...value - 1)
                start = nil
            }
        }
        if let start { ranges.append(start...Self.maximum) }
        self.init(ranges)
    }

    private static func binaryProperty(named name: String) -> ((Unicode.Scalar.Properties) -> Bool)? {
        switch name {
        case "Alphabetic", "Alpha": { $0.isAlphabetic }
        case "Lowercase", "Lower": { $0.isLowercase }
        case "Uppercase", "Upper": { $0.isUppercase }
        case "White_Space", "space": { $0.isWhitespace }
        case "Ideographic", "Ideo": { $0.isIdeographic }
        case "Unified_Ideograph", "UIdeo": { $0.isUnifiedIdeograph }
        case "Emoji": { $0.isEmoji }
        case "Emoji_Presentation", "EPres": { $0.isEmojiPresentation }
        case "ID_Start", "IDS": { $0.isIDStart }
        case "ID_Continue", "IDC": { $0.isIDContinue }
        case "Math": { $0.isMath }
        case "Hex_Digit", "Hex": { $0.isHexDigit }
        case "Dash": { $0.isDash }
        case "Diacritic", "Dia": { $0.isDiacritic }
        default: nil
        }
    }

    /// The general categories of a short or long name (UAX #44, PropertyValueAliases.txt).
    private static func categories(named text: String) -> Set<Unicode.GeneralCategory>? {
        var name = text
        for prefix in ["General_Category=", "gc="] where text.hasPrefix(prefix) {
            name = String(text.dropFirst(prefix.count))
        }
        return letterCategories(name) ?? markCategories(name) ?? symbolCategories(name) ?? otherCategories(name)
    }

    private static func letterCategories(_ name: String) -> Set<Unicode.GeneralCategory>? {
        switch name {
        case "L", "Letter":
            [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        case "LC", "Cased_Letter": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]
        case "Lu", "Uppercase_Letter": [.uppercaseLetter]
        case "Ll", "Lowercase_Letter": [.lowercaseLetter]
        case "Lt", "Titlecase_Letter": [.titlecaseLetter]
        case "Lm", "Modifier_Letter": [.modifierLetter]
        case "Lo", "Other_Letter": [.otherLetter]
        default: nil
        }
    }

    private static func markCategories(_ name: String) -> Set<Unicode.GeneralCategory>? {
        switch name {
        case "M", "Mark", "Combining_Mark": [.nonspacingMark, .spacingMark, .enclosingMark]
        case "Mn", "Nonspacing_Mark": [.nonspacingMark]
        case "Mc", "Spacing_Mark": [.spacingMark]
        case "Me", "Enclosing_Mark": [.enclosingMark]
        case "N", "Number": [.decimalNumber, .letterNumber, .otherNumber]
        case "Nd", "Decimal_Number", "digit": [.decimalNumber]
        case "Nl", "Letter_Number": [.letterNumber]
        case "No", "Other_Number": [.otherNumber]
        default: nil
        }
    }

    private static func symbolCategories(_ name: String) -> Set<Unicode.GeneralCategory>? {
        switch name {
        case "P", "Punctuation", "punct":
            [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation,
            ]
        case "Pc", "Connector_Punctuation": [.connectorPunctuation]
        case "Pd", "Dash_Punctuation": [.dashPunctuation]
        case "Ps", "Open_Punctuation": [.openPunctuation]
        case "Pe", "Close_Punctuation": [.closePunctuation]
        case "Pi", "Initial_Punctuation": [.initialPunctuation]
        case "Pf", "Final_Punctuation": [.finalPunctuation]
        case "Po", "Other_Punctuation": [.otherPunctuation]
        case "S", "Symbol": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        case "Sm", "Math_Symbol": [.mathSymbol]
        case "Sc", "Currency_Symbol": [.currencySymbol]
        case "Sk", "Modifier_Symbol": [.modifierSymbol]
        case "So", "Other_Symbol": [.otherSymbol]
        default: nil
        }
    }

    private static func otherCategories(_ name: String) -> Set<Unicode.GeneralCategory>? {
        switch name {
        case "Z", "Separator": [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        case "Zs", "Space_Separator": [.spaceSeparator]
        case "Zl", "Line_Separator": [.lineSeparator]
        case "Zp", "Paragraph_Separator": [.paragraphSeparator]
        case "C", "Other": [.control, .format, .surrogate, .privateUse, .unassigned]
        case "Cc", "Control", "cntrl": [.control]
        case "Cf", "Format": [.format]
        case "Co", "Private_Use": [.privateUse]
        case "Cn", "Unassigned": [.unassigned]
        default: nil
        }
    }
}
