import Exchange
import JSONTape

/// What an implementation says of itself at `GET /v1/capabilities`, as far as a check needs it.
struct StatedCapabilities: Sendable {
    var interchange: [String]
    var encodings: [String]
    var envelopes: Int
    var bytes: Int
    var knownKeys: [String]
    var keyCount: Int

    /// - Throws: ``Unexpected``, naming the member that is missing or not of its form.
    init(decoding content: [UInt8]) throws {
        self = try JSONParser().parse(content) { root in
            func member(_ name: String, in view: JSONView, _ kind: JSONView.Kind) throws -> JSONView {
                guard let found = view[member: name], found.kind == kind else {
                    throw Unexpected(expected: "a member `\(name)` (\(kind))", found: "none of that form")
                }
                return found
            }
            func strings(_ name: String) throws -> [String] {
                var out: [String] = []
                try member(name, in: root, .array).forEachElement { out.append($0.string ?? "") }
                return out
            }
            let limits = try member("limits", in: root, .object)
            let audit = try member("audit", in: root, .object)
            _ = try member("origin", in: audit, .string)
            _ = try member("key", in: audit, .string)
            _ = try member("checkpoints", in: root, .object)
            return StatedCapabilities(
                interchange: try strings("interchange"), encodings: try strings("encodings"),
                envelopes: try member("envelopes", in: limits, .integer).integer ?? 0,
                bytes: try member("bytes", in: limits, .integer).integer ?? 0, knownKeys: try strings("knownKeys"),
                keyCount: try member("keys", in: root, .array).count)
        }
    }

    private init(
        interchange: [String], encodings: [String], envelopes: Int, bytes: Int, knownKeys: [String], keyCount: Int
    ) {
        self.interchange = interchange
        self.encodings = encodings
        self.envelopes = envelopes
        self.bytes = bytes
        self.knownKeys = knownKeys
        self.keyCount = keyCount
    }
}
