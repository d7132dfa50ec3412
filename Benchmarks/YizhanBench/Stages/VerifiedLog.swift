import AuditLog
import Gateway
import Interchange
import Store

/// A log of many entries in a store, which is verified as `yizhan audit verify` does: read, hashed, read as entries, held
/// against the stored tiles and a signed checkpoint, on one thread.
enum VerifiedLog {
    private static let origin = "yizhan.example/bench"
    private static let group = 1_000

    /// - Parameters:
    ///   - entries: entered over and over.
    ///   - subject: whom those that are about a person are about.
    /// - Returns: entries a second, for each run.
    static func measure(_ count: Int, like entries: [AuditEntry], subject: [UInt8]) async throws -> [Double] {
        let acts = entries.map { Act($0, subject: $0.subject.map { _ in subject }) }
        let scratch = try Scratch()
        defer { scratch.remove() }
        let store = try MadeStore.open(in: scratch)
        let signer = try NoteSigner(name: origin, seed: [UInt8](repeating: 4, count: 32))
        for first in stride(from: 0, to: count, by: group) {
            try await store.record((first..<first + group).map { acts[$0 % acts.count] })
        }
        _ = try await store.checkpoint(
            signedBy: { try Checkpoint(origin: origin, size: $0, root: $1).signed(by: signer).description },
            at: Instant.now())
        await store.close()
        let reader = try SQLiteReader(path: "\(scratch.path)/store.sqlite")
        var runs: [Double] = []
        for _ in 0..<Figure.runCount {
            let watch = Stopwatch()
            let report = try await reader.verifyAudit(checkpoints: [], keys: [signer.verifierKey], origin: origin)
            runs.append(Double(count) / watch.seconds)
            guard report.isSound, report.covered == UInt64(count) else {
                throw GatewayError(.mistakes, "the made log is not sound", remedy: "report this as a defect")
            }
        }
        return runs
    }
}

extension Act {
    /// The act that an entry tells of.
    init(_ entry: AuditEntry, subject: [UInt8]? = nil) {
        self.init(
            entry.event, actor: entry.actor, at: Instant(milliseconds: entry.time),
            purpose: entry.purpose.flatMap(Purpose.init(rawValue:)), caseReference: entry.caseReference,
            subject: subject,
            object: entry.object, batch: entry.batch.flatMap { MessageID($0) }, outcome: entry.outcome,
            evidence: entry.evidence, details: entry.details)
    }
}
