import Interchange

/// What can be wrong, or merely odd, in a row. The raw value stands in the truth.
public enum Defect: String, Sendable, Hashable, CaseIterable {
    // Spellings that normalisation brings to one form.
    case apostrophe, fullwidth
    case lowerX = "lower_x"
    case nameSpace = "name_space"
    case middleDot = "middle_dot"
    case sexCode = "sex_code"
    case sexWord = "sex_word"
    case ethnicShort = "ethnic_short"
    case dateChinese = "date_cn"
    case dateCompact = "date_compact"
    case dateShort = "date_short"
    // Marked and let pass.
    case checksum
    case legacy15
    case oldDivision = "old_division"
    case numberDivision = "id_division"
    // Not passed.
    case badDate = "bad_date"
    case birthMismatch = "birth_mismatch"
    case excelZeros = "excel_zeros"
    case excelScientific = "excel_scientific"
    case numberShort = "id_short"
    case numberProvince = "id_province"
    case noName = "no_name"
    case nameGarbled = "name_garbled"
    case order
    case placeholder
    case sameProvince = "same_province"
    case sexMismatch = "sex_mismatch"
    case unknownDivision = "unknown_division"
    case unknownReason = "unknown_reason"

    /// The codes that such a row owes; empty when it passes unmarked. `interchange.md`, section Violations.
    public var codes: [ViolationCode] {
        switch self {
        case .apostrophe, .fullwidth, .lowerX, .nameSpace, .middleDot, .sexCode, .sexWord, .ethnicShort, .dateChinese,
            .dateCompact, .dateShort:
            []
        case .checksum: [.idChecksum]
        case .legacy15: [.idLegacy15]
        case .oldDivision: [.divisionNotCurrent]
        case .numberDivision, .numberProvince: [.idDivision]
        case .badDate: [.dateInvalid]
        case .birthMismatch: [.birthDateMismatch]
        case .excelZeros, .excelScientific: [.idDamaged]
        case .numberShort: [.idFormat]
        case .noName: [.required]
        case .nameGarbled: [.nameInvalid]
        case .order: [.dateOrder]
        case .placeholder: [.idPlaceholder]
        case .sameProvince: [.sameProvince]
        case .sexMismatch: [.sexMismatch]
        case .unknownDivision: [.divisionUnknown]
        case .unknownReason: [.codeUnknown]
        }
    }

    public var outcome: Outcome {
        switch self {
        case .checksum, .legacy15, .oldDivision, .numberDivision: .flag
        default: codes.isEmpty ? .accept : .quarantine
        }
    }

    /// What intake owes a row.
    public enum Outcome: String, Sendable, Hashable { case accept, flag, quarantine }

    /// Whether rows of the kind can have it.
    func occurs(in kind: Kind) -> Bool {
        switch self {
        case .ethnicShort: kind == .arrival || kind == .permit
        case .order: kind == .arrival || kind == .departure || kind == .relocation
        case .unknownReason: kind != .relocation
        default: true
        }
    }
}
