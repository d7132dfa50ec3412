import Interchange
import JSONTape

extension Receipt {
    /// The largest receipt that is read, in bytes: 8 MiB, as for batches.
    public static let maximumBytes = 8 << 20
    /// The most violations of one envelope that are read.
    public static let maximumViolations = 64

    /// Reads a receipt's content. Members that this version does not know are passed over; what it knows must be of its form.
    /// - Throws: `ReceiptError` `unreadable` with the name of the member.
    public init(decoding content: [UInt8], parser: JSONParser = JSONParser()) throws(ReceiptError) {
        guard content.count <= Self.maximumBytes else { throw .unreadable("size") }
        do {
            self = try parser.parse(content) { try Receipt($0) }
        } catch let error as ReceiptError {
            throw error
        } catch {
            throw .unreadable("syntax")
        }
    }

    private init(_ root: JSONView) throws(ReceiptError) {
        guard root.kind == .object else { throw .unreadable("syntax") }
        guard let batch = root["batch"]?.messageID else { throw .unreadable("batch") }
        guard let digest = root["contentDigest"]?.contentDigest else { throw .unreadable("contentDigest") }
        guard let from = root["from"]?.string.flatMap({ Province($0) }) else { throw .unreadable("from") }
        guard let to = root["to"]?.string.flatMap({ Province($0) }) else { throw .unreadable("to") }
        guard let at = root["receivedAt"]?.string.flatMap({ Instant($0) }) else { throw .unreadable("receivedAt") }
        guard let results = root["results"], results.kind == .array else { throw .unreadable("results") }
        guard let audit = root["audit"].flatMap({ Audit($0) }) else { throw .unreadable("audit") }
        self.init(
            batch: batch, contentDigest: digest, from: from, to: to, receivedAt: at,
            results: try Self.results(results), audit: audit)
    }

    private static func results(_ array: JSONView) throws(ReceiptError) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(array.count)
        var isReadable = true
        array.forEachElement { element in
            guard isReadable, let result = Result(element) else {
                isReadable = false
                return
            }
            results.append(result)
        }
        guard isReadable else { throw .unreadable("results/\(results.count)") }
        return results
    }
}

extension Receipt.Result {
    fileprivate init?(_ object: JSONView) {
        guard let id = object["id"]?.messageID, let digest = object["digest"]?.contentDigest,
            let outcome = EnvelopeOutcome(object)
        else { return nil }
        self.init(id: id, digest: digest, outcome: outcome)
    }
}

extension EnvelopeOutcome {
    fileprivate init?(_ result: JSONView) {
        guard let name = result["outcome"]?.outcomeName else { return nil }
        switch name {
        case .accepted: self = .accepted
        case .parked: self = .parked
        case .rejected:
            guard let violations = result["violations"]?.violations, !violations.isEmpty else { return nil }
            self = .rejected(violations)
        case .stale, .conflict:
            guard let held = result["held"].flatMap({ HeldVersion($0) }) else { return nil }
            self = name == .stale ? .stale(held: held) : .conflict(held: held)
        case .duplicate:
            guard let earlier = result["earlier"].flatMap({ Earlier($0) }) else { return nil }
            self = .duplicate(earlier)
        }
    }
}

extension EnvelopeOutcome.Earlier {
    fileprivate init?(_ object: JSONView) {
        guard let outcome = object["outcome"]?.outcomeName, outcome != .duplicate else { return nil }
        guard let stated = object["violations"] else {
            self.init(outcome)
            return
        }
        guard let violations = stated.violations else { return nil }
        self.init(outcome, violations: violations)
    }
}

extension HeldVersion {
    fileprivate init?(_ object: JSONView) {
        guard let version = object["version"]?.integer, version > 0, let digest = object["digest"]?.contentDigest else {
            return nil
        }
        self.init(version: version, digest: digest)
    }
}

extension Receipt.Audit {
    fileprivate init?(_ object: JSONView) {
        guard let origin = object["origin"]?.string, let size = object["treeSize"]?.integer, size >= 0,
            let entries = object["entries"]?.closedRange, entries.lowerBound >= 0,
            let checkpoint = object["checkpoint"]?.string
        else { return nil }
        self.init(origin: origin, treeSize: size, entries: entries, checkpoint: checkpoint)
    }
}

extension JSONView {
    fileprivate var messageID: MessageID? { withUTF8 { MessageID(text: $0) } ?? nil }
    fileprivate var contentDigest: ContentDigest? { withUTF8 { ContentDigest(utf8: $0) } ?? nil }

    fileprivate var outcomeName: EnvelopeOutcome.Name? {
        EnvelopeOutcome.Name.allCases.first { stringEquals($0.literal) }
    }

    fileprivate var closedRange: ClosedRange<Int>? {
        guard kind == .array, count == 2 else { return nil }
        var bounds: [Int] = []
        forEachElement { element in element.integer.map { bounds.append($0) } }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return nil }
        return bounds[0]...bounds[1]
    }

    /// Nil when one is not of its form or there are too many.
    fileprivate var violations: [ReceiptViolation]? {
        guard kind == .array, count <= Receipt.maximumViolations else { return nil }
        var found: [ReceiptViolation] = []
        forEachElement { element in
            guard let code = element["code"]?.string, code.utf8.count <= 64, let pointer = element["pointer"]?.string,
                pointer.utf8.count <= 1024
            else { return }
            found.append(ReceiptViolation(code: code, pointer: pointer))
        }
        return found.count == count ? found : nil
    }
}

extension EnvelopeOutcome.Name {
    fileprivate var literal: StaticString {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .stale: "stale"
        case .parked: "parked"
        case .rejected: "rejected"
        case .conflict: "conflict"
        }
    }
}
