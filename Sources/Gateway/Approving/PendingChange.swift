import AuditLog
import Store

/// A change that is configured, or announced by a peer, and waits for two persons.
public struct PendingChange: Sendable {
    public var approvable: Approvable
    public var entry: ChangeEntry
    /// Its normal form against the one in force: lines that come, with `+`, and lines that go, with `-`.
    public var difference: [String]
    /// Who approved it first, and waits for a second person.
    public var proposer: String?

    public var digest: Digest256 { approvable.digest }

    init(_ approvable: Approvable, _ entry: ChangeEntry, inForce: Approvable?) {
        self.approvable = approvable
        self.entry = entry
        let old = (inForce?.form ?? "").split(separator: "\n").map(String.init)
        let new = approvable.form.split(separator: "\n").map(String.init)
        difference =
            old.filter { !new.contains($0) }.map { "- \($0)" } + new.filter { !old.contains($0) }.map { "+ \($0)" }
    }
}
