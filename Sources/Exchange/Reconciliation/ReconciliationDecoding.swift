import Interchange
import JSONTape

/// Why a message of a reconciliation cannot be read.
public struct ReconciliationUnreadable: Error, Sendable, Hashable, CustomStringConvertible {
    /// The member, or what is wrong with the whole.
    public let member: String
    public var description: String { "The message cannot be read at \(member)." }
}

extension ReconciliationMessage {
    /// Reads a message. Objects are closed: a member that the protocol does not name makes it unreadable, as does one over
    /// ``ReconciliationLimits``.
    /// - Throws: ``ReconciliationUnreadable``.
    public init(decoding content: [UInt8]) throws(ReconciliationUnreadable) {
        guard content.count <= ReconciliationLimits.bytes else { throw ReconciliationUnreadable(member: "size") }
        do {
            self = try JSONParser(maximumDepth: 8).parse(content) { try ReconciliationMessage($0) }
        } catch let error as ReconciliationUnreadable {
            throw error
        } catch {
            throw ReconciliationUnreadable(member: "syntax")
        }
    }

    private init(_ view: JSONView) throws {
        guard view.kind == .object, let name = view["step"]?.string else {
            throw ReconciliationUnreadable(member: "step")
        }
        func read(_ names: StaticString...) throws -> ClosedObject {
            try ClosedObject(view, ["step", "from", "to"] + names)
        }
        let object: ClosedObject
        switch name {
        case "open":
            object = try read("since", "until")
            step = .open(since: try object.instant("since"), until: try object.instant("until"))
        case "opened":
            object = try read("since", "until", "waiting", "parked", "dead")
            let counts = OutstandingCounts(
                waiting: try object.count("waiting"), parked: try object.count("parked"), dead: try object.count("dead")
            )
            step = .opened(since: try object.instant("since"), until: try object.instant("until"), counts)
        case "windows":
            object = try read("sender", "begin", "end", "windows")
            step = .windows(try WindowRoots(object))
        case "ranges":
            object = try read("sender", "hour", "ranges")
            step = .ranges(try RangeRoots(object))
        case "list":
            object = try read("sender", "hour", "first", "before")
            step = .list(
                LeafQuery(
                    sender: try object.province("sender"), hour: try object.hour("hour"),
                    first: try object.optionalID("first"), before: try object.optionalID("before")))
        case "listed":
            object = try read("leaves", "more")
            step = .listed(LeafPage(leaves: try object.leaves("leaves"), hasMore: try object.truth("more")))
        case "describe":
            object = try read("sender", "hour", "ids")
            step = .describe(
                EnvelopeQuery(
                    sender: try object.province("sender"), hour: try object.hour("hour"), ids: try object.ids("ids")))
        case "described":
            object = try read("leaves")
            step = .described(try object.leaves("leaves"))
        case "report":
            object = try read("hour", "lacking", "held")
            step = .report(
                DifferenceReport(
                    hour: try object.hour("hour"), lacking: try object.leaves("lacking"),
                    held: try object.leaves("held")))
        case "reported":
            object = try read("states")
            step = .reported(
                try object.objects("states", limit: 2 * ReconciliationLimits.leaves, ["id", "state"]) {
                    ReportedState(id: try $0.id("id"), state: try $0.word("state"))
                })
        case "conclude":
            object = try read("until", "directions")
            step = .conclude(
                until: try object.instant("until"),
                try object.objects("directions", limit: 2, ["sender", "envelopes", "states"], DirectionResult.init))
        case "concluded":
            object = try read()
            step = .concluded
        default: throw ReconciliationUnreadable(member: "step")
        }
        from = try object.province("from")
        to = try object.province("to")
    }
}

extension WindowRoots {
    fileprivate init(_ object: ClosedObject) throws {
        self.init(
            sender: try object.province("sender"), begin: try object.hour("begin"), end: try object.hour("end"),
            windows: try object.objects("windows", limit: ReconciliationLimits.windows, ["hour", "leaves", "root"]) {
                Window(hour: try $0.hour("hour"), summary: try $0.summary())
            })
        guard begin <= end else { throw ReconciliationUnreadable(member: "end") }
        for (left, right) in zip(windows, windows.dropFirst()) where left.hour >= right.hour {
            throw ReconciliationUnreadable(member: "windows")
        }
        guard windows.allSatisfy({ begin <= $0.hour && $0.hour < end }) else {
            throw ReconciliationUnreadable(member: "windows")
        }
    }
}

extension RangeRoots {
    fileprivate init(_ object: ClosedObject) throws {
        self.init(
            sender: try object.province("sender"), hour: try object.hour("hour"),
            ranges: try object.objects(
                "ranges", limit: ReconciliationLimits.ranges, ["first", "before", "leaves", "root"]
            ) {
                RangeRoots.Range(
                    first: try $0.optionalID("first"), before: try $0.optionalID("before"), summary: try $0.summary())
            })
        // One after the other, so that answering costs no more than the window once.
        for (left, right) in zip(ranges, ranges.dropFirst()) {
            guard let end = left.before, let start = right.first, end <= start else {
                throw ReconciliationUnreadable(member: "ranges")
            }
        }
    }
}

extension DirectionResult {
    fileprivate init(_ object: ClosedObject) throws {
        self.init(
            sender: try object.province("sender"), envelopes: try object.count("envelopes"),
            counts: try object.objects("states", limit: 32, ["state", "envelopes"]) {
                Count(state: try $0.word("state"), envelopes: try $0.count("envelopes"))
            })
    }
}

/// A JSON object that has no members but those named.
private struct ClosedObject {
    private let view: JSONView

    init(_ view: JSONView, _ names: [StaticString]) throws {
        guard view.kind == .object else { throw ReconciliationUnreadable(member: "object") }
        let known = names.count { view[$0] != nil }
        guard known == view.count else { throw ReconciliationUnreadable(member: "unknown member") }
        self.view = view
    }

    private func value<Value>(_ name: StaticString, _ read: (JSONView) -> Value?) throws -> Value {
        guard let value = view[name].flatMap(read) else { throw ReconciliationUnreadable(member: "\(name)") }
        return value
    }

    func province(_ name: StaticString) throws -> Province { try value(name) { $0.string.flatMap { Province($0) } } }
    func instant(_ name: StaticString) throws -> Instant { try value(name) { $0.string.flatMap { Instant($0) } } }
    func id(_ name: StaticString) throws -> MessageID { try value(name) { $0.string.flatMap { MessageID($0) } } }
    func count(_ name: StaticString) throws -> Int { try value(name) { $0.integer.flatMap { $0 >= 0 ? $0 : nil } } }
    func truth(_ name: StaticString) throws -> Bool { try value(name) { $0.bool } }

    /// A whole hour.
    func hour(_ name: StaticString) throws -> Instant {
        let instant = try instant(name)
        guard instant.milliseconds % 3_600_000 == 0 else { throw ReconciliationUnreadable(member: "\(name)") }
        return instant
    }

    func optionalID(_ name: StaticString) throws -> MessageID? { view[name] == nil ? nil : try id(name) }

    /// A name of letters, 1 to 32.
    func word(_ name: StaticString) throws -> String {
        try value(name) { view in
            view.string.flatMap { text in
                (1...32).contains(text.utf8.count)
                    && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) } ? text : nil
            }
        }
    }

    func summary() throws -> RootSummary {
        RootSummary(
            leaves: try count("leaves"), root: try value("root") { $0.string.flatMap { ContentDigest($0) } })
    }

    func ids(_ name: StaticString) throws -> [MessageID] {
        let array = try value(name) { $0.kind == .array && $0.count <= ReconciliationLimits.leaves ? $0 : nil }
        var found: [MessageID] = []
        try array.forEachElement { element in
            guard let id = element.string.flatMap({ MessageID($0) }) else {
                throw ReconciliationUnreadable(member: "\(name)")
            }
            found.append(id)
        }
        return found
    }

    func objects<Element>(
        _ name: StaticString, limit: Int, _ names: [StaticString], _ read: (ClosedObject) throws -> Element
    ) throws -> [Element] {
        let array = try value(name) { $0.kind == .array && $0.count <= limit ? $0 : nil }
        var found: [Element] = []
        try array.forEachElement { found.append(try read(ClosedObject($0, names))) }
        return found
    }

    func leaves(_ name: StaticString) throws -> [ComparedLeaf] {
        try objects(name, limit: ReconciliationLimits.leaves, ["id", "digest", "final", "record", "version"]) {
            object in
            let outcome = try object.count("final")
            guard outcome == 1 || outcome == 2 else { throw ReconciliationUnreadable(member: "final") }
            return ComparedLeaf(
                id: try object.id("id"), digest: try object.value("digest") { $0.string.flatMap { ContentDigest($0) } },
                outcome: outcome,
                record: object.view["record"] == nil
                    ? nil : try object.value("record") { $0.string.flatMap { RecordID($0) } },
                version: object.view["version"] == nil ? nil : try object.count("version"))
        }
    }
}
