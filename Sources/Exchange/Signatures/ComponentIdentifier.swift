import RawStructuredFieldValues

/// The name of one covered component with its parameters (RFC 9421 section 2): `"content-digest";req`.
public struct ComponentIdentifier: Sendable, Hashable {
    public enum Parameter: Sendable, Hashable {
        /// Re-serialised as a structured field.
        case sf
        /// One member of a dictionary.
        case key(String)
        /// Each line as a byte sequence.
        case bs
        /// Of the request that the response answers.
        case req
        /// Of the query parameter with this name.
        case name(String)
    }

    /// A header field's name in lower case, or a derived component's with its at sign.
    public let name: String
    /// In the order of the identifier: the order is part of its serialised form, not of what it names.
    public let parameters: [Parameter]

    public init(_ name: String, _ parameters: [Parameter] = []) {
        self.name = name
        self.parameters = parameters
    }

    var ofRequest: Bool { parameters.contains(.req) }
    var key: String? { parameters.lazy.compactMap { if case .key(let key) = $0 { key } else { nil } }.first }
    var queryName: String? { parameters.lazy.compactMap { if case .name(let name) = $0 { name } else { nil } }.first }

    public static func == (left: ComponentIdentifier, right: ComponentIdentifier) -> Bool {
        left.name == right.name && Set(left.parameters) == Set(right.parameters)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(Set(parameters))
    }

    /// Nil for an item that names no component of this version.
    init?(_ item: Item) {
        guard case .string(let name) = item.rfc9651BareItem, !name.isEmpty,
            !name.utf8.contains(where: { (0x41...0x5A).contains($0) })
        else { return nil }
        var parameters: [Parameter] = []
        for (parameter, value) in item.rfc9651Parameters {
            switch (parameter, value) {
            case ("sf", .bool(true)): parameters.append(.sf)
            case ("bs", .bool(true)): parameters.append(.bs)
            case ("req", .bool(true)): parameters.append(.req)
            case ("key", .string(let key)): parameters.append(.key(key))
            case ("name", .string(let name)): parameters.append(.name(name))
            default: return nil
            }
        }
        self.init(name, parameters)
    }

    var item: Item {
        var values = OrderedMap<String, RFC9651BareItem>()
        for parameter in parameters {
            switch parameter {
            case .sf: values["sf"] = .bool(true)
            case .bs: values["bs"] = .bool(true)
            case .req: values["req"] = .bool(true)
            case .key(let key): values["key"] = .string(key)
            case .name(let name): values["name"] = .string(name)
            }
        }
        return Item(bareItem: .string(name), parameters: values)
    }
}

extension ComponentIdentifier {
    public static let method = ComponentIdentifier("@method")
    public static let authority = ComponentIdentifier("@authority")
    public static let path = ComponentIdentifier("@path")
    public static let query = ComponentIdentifier("@query")
    public static let status = ComponentIdentifier("@status")
    public static let contentType = ComponentIdentifier("content-type")
    public static let contentDigest = ComponentIdentifier("content-digest")
    public static let contentEncoding = ComponentIdentifier("content-encoding")
    public static let batch = ComponentIdentifier("yizhan-batch")
    public static let retryAfter = ComponentIdentifier("retry-after")
    /// The signature of the request that is answered.
    public static let requestSignature = ComponentIdentifier("signature", [.req, .key(SignatureLabel.yizhan)])
    public static let requestDigest = ComponentIdentifier("content-digest", [.req])
    public static let requestBatch = ComponentIdentifier("yizhan-batch", [.req])
}

/// The label of the one signature of interest.
public enum SignatureLabel {
    public static let yizhan = "yizhan"
}
