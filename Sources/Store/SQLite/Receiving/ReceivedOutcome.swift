import AuditLog
import Interchange

extension RecordEntry {
    var asOutcome: Outcome.Held {
        Outcome.Held(version: Int(version), digest: digest)
    }
}

extension Outcome {
    /// What the audit log calls it.
    var event: AuditEvent {
        switch self {
        case .accepted: .recordApplied
        case .duplicate: .recordDuplicate
        case .stale: .recordStale
        case .parked: .recordParked
        case .rejected: .recordRejected
        case .conflict: .recordConflict
        }
    }
}
