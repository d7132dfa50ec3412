import Interchange

/// What two persons approve as one: a peer with the keys that are configured for it, one key of its own, the policy, or a new
/// origin of the audit log. The text stands in tables and in the audit log's `item`.
public enum ChangeSubject: Sendable, Hashable, CustomStringConvertible {
    /// `peer:41`
    case peer(Province)
    /// `key:41:<thumbprint>`: a key of this gateway, or one that a peer announced.
    case key(Province, id: String)
    /// `policy`
    case policy
    /// `log:<origin>`
    case log(String)

    /// Nil when the text is none of the forms.
    public init?(_ text: String) {
        if text.hasPrefix("log:"), text.count > 4 {
            self = .log(String(text.dropFirst(4)))
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let province = parts.count > 1 ? Province(String(parts[1])) : nil
        switch (parts[0], parts.count, province) {
        case ("peer", 2, let province?): self = .peer(province)
        case ("key", 3, let province?) where !parts[2].isEmpty: self = .key(province, id: String(parts[2]))
        case ("policy", 1, nil): self = .policy
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .peer(let province): "peer:\(province)"
        case .key(let province, let id): "key:\(province):\(id)"
        case .policy: "policy"
        case .log(let origin): "log:\(origin)"
        }
    }
}
