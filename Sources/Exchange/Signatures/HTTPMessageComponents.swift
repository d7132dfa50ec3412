/// What of a request can be signed (RFC 9421 section 2).
public struct HTTPRequestComponents: Sendable, Hashable {
    public var method: String
    public var scheme: String
    /// Host and port as in `Host` or `:authority`.
    public var authority: String
    /// As sent, percent-encoded; starts with a slash.
    public var path: String
    /// As sent, without the question mark; nil when there is none.
    public var query: String?
    public var fields: HeaderFields

    public init(
        method: String, scheme: String = "https", authority: String, path: String, query: String? = nil,
        fields: HeaderFields = HeaderFields()
    ) {
        self.method = method
        self.scheme = scheme
        self.authority = authority
        self.path = path
        self.query = query
        self.fields = fields
    }

    /// - Parameter target: path and query as they stand in the request line.
    public init(method: String, authority: String, target: String, fields: HeaderFields) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: method, authority: authority, path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : nil,
            fields: fields)
    }

    /// Path and query as in the request line.
    public var target: String { path + (query.map { "?" + $0 } ?? "") }

    public var url: String { "\(scheme)://\(authority)\(target)" }
}

/// What of a response can be signed, with the request that it answers.
public struct HTTPResponseComponents: Sendable, Hashable {
    public var status: Int
    public var fields: HeaderFields
    /// With its own signature fields.
    public var request: HTTPRequestComponents

    public init(status: Int, fields: HeaderFields, answering request: HTTPRequestComponents) {
        self.status = status
        self.fields = fields
        self.request = request
    }
}

/// A message as the signature base sees it.
public enum HTTPMessageComponents: Sendable, Hashable {
    case request(HTTPRequestComponents)
    case response(HTTPResponseComponents)

    public var fields: HeaderFields {
        switch self {
        case .request(let request): request.fields
        case .response(let response): response.fields
        }
    }

    /// What the parameter `req` speaks of.
    var relatedRequest: HTTPRequestComponents? {
        switch self {
        case .request: nil
        case .response(let response): response.request
        }
    }
}
