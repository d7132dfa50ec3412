import AuditLog
import Foundation
import Interchange
import Logging
import ServiceLifecycle
import Store

/// Puts notices to home provinces into the outbox when they are due.
struct NoticeService: Service {
    /// How often due notices are looked for when nobody wakes the service.
    static let interval = Duration.seconds(30)
    /// Notices that are read at once.
    static let atOnce = 100

    let province: Province
    let store: any Store
    /// The key of record ids.
    let recordKey: [UInt8]
    let codeLists: CodeLists
    let wakeup: Wakeup
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await issueDue() } catch {
                    logger.error("access notices not issued", metadata: ["error": "\(error)"])
                }
                await wakeup.rest(for: Self.interval)
            }
        }
    }

    /// Issues everything that is due now.
    func issueDue() async throws {
        while true {
            let due = try await store.dueNotices(at: clock(), limit: Self.atOnce)
            for notice in due { try await issue(notice) }
            if due.count < Self.atOnce { return }
        }
    }

    private func issue(_ pending: PendingNotice) async throws {
        let now = clock()
        guard let notice = try? JSONDecoder().decode(AccessNotice.self, from: Data(pending.content)),
            var draft = notice.draft(id: pending.id, from: province, key: recordKey, at: now)
        else { return try await giveUp(pending) }
        // The store gives the envelope its own id: the question's may be any UUID.
        let line = draft.line(id: MessageID(at: now, random: (0, 0)), version: 1, salt: (0, 0))
        let judgement = line.withUnsafeBytes {
            EnvelopeChecker(codeLists: codeLists).check($0, side: .sender, now: now)
        }
        guard judgement.isAccepted else { return try await giveUp(pending, judgement.violations) }
        draft.flags = judgement.flags
        try await store.issue(
            pending, as: draft,
            entry: Act(
                .accessNotified, actor: AuditActor(organisation: "gateway"), at: now, purpose: .subjectAccess,
                details: [.peer: draft.to.description, .queryId: pending.id.description]))
    }

    private func giveUp(_ pending: PendingNotice, _ violations: [Violation] = []) async throws {
        logger.error(
            "access notice given up: it would break the interchange's rules",
            metadata: ["question": "\(pending.id)", "codes": "\(violations.map(\.code.rawValue))"])
        try await store.dropNotice(pending.id)
    }
}
