extension ViolationCode {
    /// What is done by default with a record that has the violation. Of `ID_DIVISION`, which has two, the lighter.
    public var severity: Severity {
        switch self {
        case .idChecksum, .idLegacy15, .idDivision, .divisionNotCurrent: .flag
        case .forbiddenContent: .drop
        default: .quarantine
        }
    }

    /// Whether a gateway may be told to quarantine for it.
    public var canBeStricter: Bool { severity == .flag }

    /// What is wrong and what the clerk does next, in both languages.
    public var text: ViolationText { Self.texts[self] ?? Self.wordless }

    private static let texts = shapeTexts.merging(personTexts) { $1 }.merging(recordTexts) { $1 }

    private static let wordless = ViolationText(message: Bilingual("", ""), remedy: Bilingual("", ""))
}
