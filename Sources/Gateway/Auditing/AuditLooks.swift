import AuditLog
import Foundation
import Store

/// Enters that past questions were read from the log to replay a policy, before anything of them is shown.
public struct EnterReplay: OperatorAction {
    public static let name = "audit-replayed"
    public static var isForAuditors: Bool { true }
    /// How many questions there were.
    public var entries: UInt64
    /// The log's size then.
    public var size: UInt64
    /// SHA-256 of the policy's normal form.
    public var policy: [UInt8]

    public init(entries: UInt64, size: UInt64, policy: [UInt8]) {
        (self.entries, self.size, self.policy) = (entries, size, policy)
    }

    public struct Answer: Codable, Sendable {}

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        guard let digest = Digest256(policy) else {
            throw GatewayError(.mistakes, "the digest is not SHA-256", remedy: "report this as a defect")
        }
        try await desk.store.record([
            Act(
                .auditViewed, actor: actor, at: desk.clock(),
                details: [.filter: digest.base64, .entries: "\(entries)", .size: "\(size)"])
        ])
        return Answer()
    }
}

/// Enters what verifying the gateway's own log came to.
public struct EnterVerification: OperatorAction {
    public static let name = "audit-verified"
    public static var isForAuditors: Bool { true }
    public var size: UInt64
    /// Base64.
    public var root: String
    public var findings: Int

    /// - Parameter report: of the log that the daemon writes.
    public init(_ report: AuditReport) {
        (size, root) = (report.size, report.root.base64)
        findings = report.findings.count + report.omitted
    }

    public struct Answer: Codable, Sendable {}

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        if findings == 0 { try await check(desk.store) }
        try await desk.store.record([
            Act(
                .auditVerified, actor: actor, at: desk.clock(), outcome: findings == 0 ? "sound" : "damaged",
                details: [.size: "\(size)", .root: root, .entries: "\(findings)"])
        ])
        return Answer()
    }

    /// Nothing is entered as sound that is not the beginning of this log.
    private func check(_ store: any Store) async throws {
        guard try await store.root(ofSize: size).base64 == root else {
            throw GatewayError(
                .mistakes, "the log that was verified is not the one that this gateway writes",
                remedy: "verify with the configuration of this gateway")
        }
    }
}
