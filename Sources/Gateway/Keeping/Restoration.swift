import AuditLog
import Foundation
import Interchange
import Store

/// What is entered of a restore, and what goes with it: at once, or, when entries of the audit log were lost, once two persons
/// have opened another log. The old one must not grow: it would be another than the one that others hold.
struct Restoration: Codable, Sendable {
    var manifest: BackupManifest
    /// Two persons who accepted what was lost or is not known; empty when nobody had to.
    var persons: [String]
    var organisation: String
    var person: String?

    init(_ manifest: BackupManifest, acceptedBy persons: [String], by actor: AuditActor) {
        (self.manifest, self.persons) = (manifest, persons)
        (organisation, person) = (actor.organisation, actor.person)
    }

    /// Erases what may not be kept any longer, enters the restore, and holds sending back until reconciliation.
    func complete(
        on keeping: Keeping, awaiting peers: Set<Province>, at now: Instant
    ) async throws -> (erased: Int, expired: Int) {
        let due = try await keeping.eraseDue(at: now)
        try await keeping.store.markRestored(
            RestoreMark(at: now, awaiting: peers), entries: acceptance(in: keeping.province, at: now) + [entry(at: now)]
        )
        return due
    }

    private func entry(at now: Instant) -> Act {
        var act = Act(
            .backupRestored, actor: AuditActor(organisation: organisation, person: person), at: now,
            evidence: Digest256(base64: manifest.digest),
            details: [.size: "\(manifest.auditSize)", .root: manifest.auditRoot])
        act.details[.checkpoint] = manifest.checkpoint.map { Digest256(hashing: Array($0.utf8)).base64 }
        return act
    }

    private func acceptance(in province: Province, at now: Instant) -> [Act] {
        guard persons.count == 2 else { return [] }
        func act(_ event: AuditEvent, _ person: String) -> Act {
            Act(
                event, actor: AuditActor(organisation: "urn:yizhan:operator:\(province):\(person)"), at: now,
                details: [.change: "acceptLoss", .item: "restore", .digest: manifest.digest])
        }
        var approved = act(.changeApproved, persons[1])
        approved.details[.proposer] = persons[0]
        return [act(.changeProposed, persons[0]), approved]
    }
}

extension Restoration {
    func hold(on store: any Store) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await store.holdRestore([UInt8](encoder.encode(self)))
    }
}

extension StoreRestore {
    /// Completes a restore that waited for a new audit log: at a start, before anything listens. Does nothing when none is held.
    /// - Throws: ``GatewayError`` `logBehind` when no new log has been opened; `mistakes` when the configuration names another.
    public static func completeHeld(
        _ configuration: GatewayConfiguration, _ keys: KeyMaterial, _ store: any Store, at now: Instant
    ) async throws {
        guard let held = try await store.heldRestore() else { return }
        guard held.isLogOpen else {
            throw GatewayError(
                .logBehind,
                "the store was restored from a backup that lacks entries of the audit log which others know of",
                remedy: "two persons open a new log with `yizhan audit reopen`; nothing can be entered in the old one")
        }
        try StoredLog.check(try await store.closedLogs().last, is: keys.audit.verifierKey)
        let restoration = try JSONDecoder().decode(Restoration.self, from: Data(held.note))
        _ = try await restoration.complete(
            on: Keeping(configuration, keys: keys, store: store), awaiting: Set(configuration.peers.map(\.province)),
            at: now)
    }
}
