/// What an entry records. A closed set: raw values are what stands in the log and never change their meaning. Each is written somewhere:
/// `scripts/check-events.sh` looks for where.
///
/// ``shape`` says which fields an entry of the event has; ``markdown`` prints the table for the documentation.
public enum AuditEvent: String, Sendable, Hashable, CaseIterable {
    case logOpened = "log.opened"
    case logDiverged = "log.diverged"
    case gatewayStarted = "gateway.started"
    case gatewayStopped = "gateway.stopped"

    case intakeAccepted = "intake.accepted"
    case intakeUnchanged = "intake.unchanged"
    case intakeQuarantined = "intake.quarantined"
    case intakeRefused = "intake.refused"
    case intakeCompleted = "intake.completed"
    case quarantineViewed = "quarantine.viewed"
    case quarantineRepaired = "quarantine.repaired"
    case quarantineReplayed = "quarantine.replayed"
    case quarantineDiscarded = "quarantine.discarded"

    case deliveryAttempted = "delivery.attempted"
    case deliveryDeadLettered = "delivery.deadLettered"
    case deliveryRetried = "delivery.retried"
    case deliveryRepaired = "delivery.repaired"
    case deliveryReplayed = "delivery.replayed"
    case deliveryCancelled = "delivery.cancelled"
    case deliveryDiscarded = "delivery.discarded"
    case receiptReceived = "receipt.received"
    case receiptRefused = "receipt.refused"

    case batchReceived = "batch.received"
    case batchRefused = "batch.refused"
    case recordApplied = "record.applied"
    case recordDuplicate = "record.duplicate"
    case recordStale = "record.stale"
    case recordParked = "record.parked"
    case recordRejected = "record.rejected"
    case recordConflict = "record.conflict"
    case recordRetracted = "record.retracted"
    case recordErased = "record.erased"
    case reconciliationCompleted = "reconciliation.completed"

    case questionForwarded = "question.forwarded"
    case questionAnswered = "question.answered"
    case questionRefused = "question.refused"
    case questionLimitExceeded = "question.limitExceeded"
    case questionSampled = "question.sampled"
    case questionJustified = "question.justified"
    case questionReported = "question.reported"

    case accessAnswered = "access.answered"
    case accessNotified = "access.notified"

    case auditViewed = "audit.viewed"
    case auditExported = "audit.exported"
    case auditVerified = "audit.verified"
    case auditArchived = "audit.archived"

    case changeProposed = "change.proposed"
    case changeApproved = "change.approved"
    case keyChanged = "key.changed"
    case peerChanged = "peer.changed"
    case policyChanged = "policy.changed"
    case mappingChanged = "mapping.changed"
    case configurationChanged = "configuration.changed"

    case backupMade = "backup.made"
    case backupRestored = "backup.restored"
}
