/// What an envelope does to facts that were held before it, or may not do.
public enum EnvelopeEffect: Sendable, Hashable {
    /// A permit now stands so.
    case permit(PermitStatus)
    /// The target is withdrawn: its payload is erased, a tombstone stays, and no later version is taken.
    case retraction(RecordTarget, RetractionGround)
    /// A field of the target is said to be otherwise.
    case correction(RecordTarget)

    init?(_ envelope: EnvelopeView) {
        let content = envelope.content
        switch envelope.kind {
        case .permit:
            guard let status = content.permitStatus else { return nil }
            self = .permit(status)
        case .retraction:
            guard let target = content.target, let ground = content.ground else { return nil }
            self = .retraction(target, ground)
        case .correction:
            guard let target = content.target else { return nil }
            self = .correction(target)
        default: return nil
        }
    }
}

/// The version of a record that another record is about.
public struct RecordTarget: Sendable, Hashable {
    public var record: RecordID
    public var version: Int

    public init(record: RecordID, version: Int) {
        self.record = record
        self.version = version
    }
}

/// Why a record is withdrawn.
public enum RetractionGround: String, Sendable, Hashable, CaseIterable {
    case wrongPerson, unlawful, purposeEnded, duplicate, courtOrder
}
