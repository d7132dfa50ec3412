/// What is done with a record that has the violation.
public enum Severity: String, Sendable, Hashable {
    /// Not passed: intake puts it in quarantine, a receiver rejects it.
    case quarantine
    /// Passed, with the code in `flags`.
    case flag
    /// The source column is dropped and counted; the record is not touched.
    case drop
}

/// The closed set of violation codes of the interchange. Raw values are what travels.
public enum ViolationCode: String, Sendable, Hashable, CaseIterable {
    case required = "REQUIRED"
    case type = "TYPE"
    case format = "FORMAT"
    case length = "LENGTH"
    case unknownField = "UNKNOWN_FIELD"
    case schema = "SCHEMA"
    case codeUnknown = "CODE_UNKNOWN"
    case idDamaged = "ID_DAMAGED"
    case idPlaceholder = "ID_PLACEHOLDER"
    case idFormat = "ID_FORMAT"
    case idChecksum = "ID_CHECKSUM"
    case idLegacy15 = "ID_LEGACY_15"
    case idDivision = "ID_DIVISION"
    case birthDateMismatch = "BIRTH_DATE_MISMATCH"
    case sexMismatch = "SEX_MISMATCH"
    case nameInvalid = "NAME_INVALID"
    case dateInvalid = "DATE_INVALID"
    case dateOrder = "DATE_ORDER"
    case divisionUnknown = "DIVISION_UNKNOWN"
    case divisionNotCurrent = "DIVISION_NOT_CURRENT"
    case sameProvince = "SAME_PROVINCE"
    case wrongProvince = "WRONG_PROVINCE"
    case purposeForbids = "PURPOSE_FORBIDS"
    case minorEmployment = "MINOR_EMPLOYMENT"
    case retentionTooLong = "RETENTION_TOO_LONG"
    case referenceMissing = "REFERENCE_MISSING"
    case retracted = "RETRACTED"
    case issuedInFuture = "ISSUED_IN_FUTURE"
    case versionUnsupported = "VERSION_UNSUPPORTED"
    case usccChecksum = "USCC_CHECKSUM"
    case permitTransition = "PERMIT_TRANSITION"
    case forbiddenContent = "FORBIDDEN_CONTENT"
}

/// One thing that is wrong with a record. It never repeats a person's value.
public struct Violation: Sendable, Hashable {
    public var code: ViolationCode
    /// JSON Pointer (RFC 6901) into the envelope.
    public var pointer: String
    public var severity: Severity
    /// What is wrong, in English and in Chinese, and what the clerk does next, in both.
    public var text: ViolationText

    public init(code: ViolationCode, pointer: String, severity: Severity, text: ViolationText) {
        self.code = code
        self.pointer = pointer
        self.severity = severity
        self.text = text
    }
}

/// The words of a violation, in both languages.
public struct ViolationText: Sendable, Hashable {
    public var message: Bilingual
    public var remedy: Bilingual

    public init(message: Bilingual, remedy: Bilingual) {
        self.message = message
        self.remedy = remedy
    }
}

/// One sentence in the two languages of the product.
public struct Bilingual: Sendable, Hashable {
    public var english: String
    public var chinese: String

    public init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }
}
