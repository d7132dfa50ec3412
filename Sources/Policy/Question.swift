import Interchange

/// What a bureau may ask about one person. A closed set; raw values travel.
public enum Question: String, Sendable, Hashable, CaseIterable {
    /// Is the person registered as living in the province now.
    case currentRegistration
    /// Does the person hold a valid residence permit of the province on a day.
    case validPermit
    /// Is the registered address in the division.
    case registeredInDivision
    /// Did the employer report the person.
    case employerReported
    /// Do number, name and birth date belong together.
    case identityMatches
}

/// What kind of organisation a bureau is, as the configuration says (`bureaus[].kind`).
public enum BureauKind: String, Sendable, Hashable, CaseIterable {
    case police, commerce, service
}

/// Who asks: a bureau of the configuration, known by its client certificate.
public struct Bureau: Sendable, Hashable {
    /// The last part of `urn:yizhan:bureau:<province>:<id>`.
    public var id: String
    public var kind: BureauKind

    public init(id: String, kind: BureauKind) {
        self.id = id
        self.kind = kind
    }
}

/// What of a question the rules look at: never the subject. Made from a question, from an audit entry, or by hand.
public struct PolicyRequest: Sendable, Hashable {
    public var question: Question
    public var purpose: Purpose
    /// Whether the request names a case.
    public var hasCase: Bool

    public init(question: Question, purpose: Purpose, hasCase: Bool) {
        self.question = question
        self.purpose = purpose
        self.hasCase = hasCase
    }
}
