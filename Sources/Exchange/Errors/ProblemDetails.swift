import JSONTape

/// The body of an error answer: problem details (RFC 9457) with the member `code`.
public struct ProblemDetails: Sendable, Hashable {
    public static let contentType = "application/problem+json"
    /// The largest body that is read, in bytes.
    public static let maximumBytes = 64 << 10

    public var status: Int
    /// Empty when the answer was not ours. A code that this version does not know is kept.
    public var code: String
    public var title: String
    public var detail: String

    public init(status: Int, code: String, title: String, detail: String) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
    }

    public init(_ error: WireError) {
        self.init(
            status: error.code.status, code: error.code.rawValue, title: error.code.title, detail: error.detail)
    }

    public var knownCode: WireErrorCode? { WireErrorCode(rawValue: code) }

    /// One JSON object with its members in this order: type, title, status, detail, code.
    public func encoded() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(256)
        out.append(contentsOf: #"{"type":"#.utf8)
        out.append(jsonString: "urn:yizhan:problem:" + code)
        out.append(contentsOf: #","title":"#.utf8)
        out.append(jsonString: title)
        out.append(contentsOf: #","status":"#.utf8)
        out.append(contentsOf: String(status).utf8)
        out.append(contentsOf: #","detail":"#.utf8)
        out.append(jsonString: detail)
        out.append(contentsOf: #","code":"#.utf8)
        out.append(jsonString: code)
        out.append(0x7D)
        return out
    }

    /// Nil for what is not a JSON object with a string `code`. Other members may be missing.
    /// - Parameter status: the status of the answer, which counts and not the member.
    public init?(decoding content: [UInt8], status: Int) {
        guard content.count <= Self.maximumBytes else { return nil }
        let parser = JSONParser(maximumDepth: 16, maximumNodes: 4096)
        let found = try? parser.parse(content) { root -> ProblemDetails? in
            guard root.kind == .object, let code = root["code"]?.string, code.utf8.count <= 64 else { return nil }
            return ProblemDetails(
                status: status, code: code, title: Self.text(root["title"]), detail: Self.text(root["detail"]))
        }
        guard let problem = found else { return nil }
        self = problem
    }

    /// The longest title or detail of a peer that is kept, in characters.
    public static let maximumTextLength = 512

    private static func text(_ member: JSONView?) -> String {
        String((member?.string ?? "").prefix(maximumTextLength))
    }
}
