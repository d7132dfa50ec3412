import Interchange

/// Where a peer's gateway answers: `https://host[:port][/prefix]`.
public struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// Host and port in lower case, without the default port.
    public let authority: String
    /// Empty, or a slash and what follows it without a slash at the end.
    public let prefix: String

    /// Nil for another scheme than https, and for an address with a user, a query, a fragment or characters beyond ASCII.
    public init?(_ url: String) {
        guard url.hasPrefix("https://"), url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !url.contains(where: { "?#@\\\"<>".contains($0) })
        else { return nil }
        let rest = url.dropFirst(8)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let components = HTTPRequestComponents(method: "GET", authority: String(rest[..<end]), path: "/")
        let authority = components.normalisedAuthority
        guard !authority.isEmpty, !authority.hasPrefix(":"), !authority.hasSuffix(":") else { return nil }
        self.authority = authority
        var prefix = rest[end...]
        while prefix.hasSuffix("/") { prefix = prefix.dropLast() }
        self.prefix = String(prefix)
    }

    /// The path on the peer of one of the protocol's paths.
    public func path(_ path: String) -> String { prefix + path }

    public var description: String { "https://\(authority)\(prefix)" }
}

/// The protocol's paths.
public enum ExchangePath {
    public static let batches = "/v1/batches"
    public static let capabilities = "/v1/capabilities"
    public static let outbox = "/v1/outbox"
    /// Where the receipt for a fetched batch goes.
    public static func receipt(for batch: MessageID) -> String { "\(batches)/\(batch)/receipt" }
}
