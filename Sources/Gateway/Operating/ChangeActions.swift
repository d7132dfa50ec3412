import AuditLog
import Store

/// Where persons approve changes: the running gateway.
public protocol ChangeDesk: Sendable {
    /// - Throws: ``StoreError``: `notFound` when no such change waits; `invalid` when this person approved it before.
    func approve(_ digest: Digest256, by actor: AuditActor) async throws -> ApproveChange.Answer
}

/// A person approves a change of peers, keys or policies by its digest. The second person's approval brings it into force.
public struct ApproveChange: OperatorAction {
    public static let name = "change-approve"
    /// In base64.
    public var digest: String

    public init(digest: String) { self.digest = digest }

    public struct Answer: Codable, Sendable {
        public var subject: String
        public var change: String
        public var digest: String
        /// False after the first approval.
        public var isInForce: Bool
        /// Who approved it first, when this was the second.
        public var proposer: String?
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        guard let changes = desk.changes else {
            throw GatewayError(
                .unreachable, "a change is approved at the running gateway, with an operator's certificate",
                remedy: "start it with `yizhan serve`: what was approved before is in force")
        }
        guard let digest = Digest256(base64: digest) else {
            throw GatewayError(
                .mistakes, "a change is named by the base64 of its SHA-256, 44 characters",
                remedy: "copy it from `yizhan change list`")
        }
        return try await changes.approve(digest, by: actor)
    }
}
