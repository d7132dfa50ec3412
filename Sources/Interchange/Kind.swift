/// What an envelope carries. Raw values are the interchange's.
public enum Kind: String, Sendable, Hashable, CaseIterable {
    case arrival, departure, relocation, permit, employment
    case verificationRequest, verificationResponse
    case correction, retraction, accessNotice
}
