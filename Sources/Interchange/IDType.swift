/// What kind of number identifies the person. Raw values are the interchange's.
public enum IDType: String, Sendable, Hashable, CaseIterable {
    case residentId, hkMoTwPermit, foreignPermanentResident, passport, none
}
