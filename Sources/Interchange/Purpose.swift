/// Why personal data is carried or a question asked: a closed set, stated in every envelope.
public enum Purpose: String, Sendable, Hashable, CaseIterable {
    case residenceRegistration, permitService, publicService, householdVerification
    case employmentVerification, caseInquiry, correction, subjectAccess

    /// The longest time, in days from `issuedAt`, that a receiver may keep what came for this purpose. A gateway's
    /// configuration may shorten it, never lengthen it.
    public var retentionCapInDays: Int {
        switch self {
        case .residenceRegistration, .permitService, .correction, .subjectAccess: 1_095
        case .publicService: 365
        case .employmentVerification, .caseInquiry: 180
        case .householdVerification: 90
        }
    }
}
