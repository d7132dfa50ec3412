import AuditLog
import Gateway
import Interchange
import Store

/// Stage 5: what the audit log costs a delivery, how fast a whole log is verified, and how fast an entry is proved.
struct AuditStage {
    /// Entries of the log that is verified.
    private static let verified = 1_000_000
    /// Leaves of the log that an entry is proved from.
    private static let leaves: UInt64 = 10_000_000

    let sample: Sample
    let rows: Int

    func run() async throws -> [Figure] {
        let export = try sample.distinct(0..<rows)
        guard let subject = try sample.drafts(of: export).first?.subject else {
            throw GatewayError(.mistakes, "the export has no person", remedy: "report this as a defect")
        }
        var costs: [AppendingCost] = []
        for _ in 0..<Figure.runCount {
            costs.append(try await AppendingCost.measure(export, rows: rows, of: sample))
        }
        let verification = try await VerifiedLog.measure(
            Self.verified, like: costs.flatMap(\.entries), subject: subject)
        let proofs = try await ProvedLog.measure(Self.leaves)
        let millions = Self.leaves / 1_000_000
        return [
            Figure(5, "processor time of a record, at its sender", .microseconds, costs.map(\.sending)),
            Figure(5, "processor time of a record, at its receiver", .microseconds, costs.map(\.receiving)),
            Figure(5, "of both, appending to the two logs", .share, costs.map(\.share), owed: .atMost(0.1)),
            Figure(
                5, "entries a second, verified on one core", .perSecond, verification,
                owed: .atLeast(300_000)),
            Figure(5, "proof of one of \(millions) million entries, median", .milliseconds, proofs.map(\.median)),
            Figure(
                5, "proof of one of \(millions) million entries, 99th percentile", .milliseconds, proofs.map(\.slowest),
                owed: .atMost(5)),
        ]
    }
}

/// A store of its own, for measuring.
enum MadeStore {
    static func open(in scratch: Scratch) throws -> SQLiteStore { try open(at: "\(scratch.path)/store.sqlite") }

    static func open(at path: String) throws -> SQLiteStore {
        try SQLiteStore(
            path: path,
            keys: try StoreKeys(
                wrapping: [UInt8](repeating: 1, count: 32), lookup: [UInt8](repeating: 2, count: 32),
                log: [UInt8](repeating: 3, count: 32)))
    }
}
