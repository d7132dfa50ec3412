import Interchange
import JSONTape

extension ReconciliationMessage {
    /// One JSON object without space, its members in the order of the protocol's page.
    public func encoded() -> [UInt8] {
        var object = ObjectWriter()
        object.member("step", step.name)
        object.member("from", from.description)
        object.member("to", to.description)
        step.write(to: &object)
        return object.finished
    }
}

/// Writes one JSON object.
private struct ObjectWriter {
    private var bytes: [UInt8] = [0x7B]

    var finished: [UInt8] { bytes + [0x7D] }

    private mutating func begin(_ name: String) {
        if bytes.count > 1 { bytes.append(0x2C) }
        bytes.append(jsonString: name)
        bytes.append(0x3A)
    }

    mutating func member(_ name: String, _ text: String) {
        begin(name)
        bytes.append(jsonString: text)
    }

    mutating func member(_ name: String, _ number: Int) {
        begin(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func member(_ name: String, _ truth: Bool) {
        begin(name)
        bytes.append(contentsOf: (truth ? "true" : "false").utf8)
    }

    mutating func member(_ name: String, _ id: MessageID?) {
        if let id { member(name, id.description) }
    }

    mutating func member(_ name: String, _ summary: RootSummary) {
        member(name, summary.leaves)
        member("root", summary.root.description)
    }

    mutating func members<Element>(
        _ name: String, _ elements: [Element], _ write: (Element, inout ObjectWriter) -> Void
    ) {
        begin(name)
        bytes.append(0x5B)
        for (place, element) in elements.enumerated() {
            if place > 0 { bytes.append(0x2C) }
            var object = ObjectWriter()
            write(element, &object)
            bytes.append(contentsOf: object.finished)
        }
        bytes.append(0x5D)
    }

    mutating func member(_ name: String, _ ids: [MessageID]) {
        begin(name)
        bytes.append(0x5B)
        for (place, id) in ids.enumerated() {
            if place > 0 { bytes.append(0x2C) }
            bytes.append(jsonString: id.description)
        }
        bytes.append(0x5D)
    }

    mutating func members(_ name: String, _ leaves: [ComparedLeaf]) {
        members(name, leaves) { leaf, object in
            object.member("id", leaf.id.description)
            object.member("digest", leaf.digest.description)
            object.member("final", leaf.outcome)
            if let record = leaf.record { object.member("record", record.description) }
            if let version = leaf.version { object.member("version", version) }
        }
    }
}

extension ReconciliationStep {
    var name: String {
        switch self {
        case .open: "open"
        case .opened: "opened"
        case .windows: "windows"
        case .ranges: "ranges"
        case .list: "list"
        case .listed: "listed"
        case .describe: "describe"
        case .described: "described"
        case .report: "report"
        case .reported: "reported"
        case .conclude: "conclude"
        case .concluded: "concluded"
        }
    }

    fileprivate func write(to object: inout ObjectWriter) {
        switch self {
        case .open(let since, let until):
            object.member("since", since.description)
            object.member("until", until.description)
        case .opened(let since, let until, let outstanding):
            object.member("since", since.description)
            object.member("until", until.description)
            object.member("waiting", outstanding.waiting)
            object.member("parked", outstanding.parked)
            object.member("dead", outstanding.dead)
        case .windows(let roots): Self.write(roots, to: &object)
        case .ranges(let roots): Self.write(roots, to: &object)
        case .list(let query):
            object.member("sender", query.sender.description)
            object.member("hour", query.hour.description)
            object.member("first", query.first)
            object.member("before", query.before)
        case .listed(let page):
            object.members("leaves", page.leaves)
            object.member("more", page.hasMore)
        case .describe(let query):
            object.member("sender", query.sender.description)
            object.member("hour", query.hour.description)
            object.member("ids", query.ids)
        case .described(let leaves): object.members("leaves", leaves)
        case .report(let report):
            object.member("hour", report.hour.description)
            object.members("lacking", report.lacking)
            object.members("held", report.held)
        case .reported(let states):
            object.members("states", states) { state, object in
                object.member("id", state.id.description)
                object.member("state", state.state)
            }
        case .conclude(let until, let results):
            object.member("until", until.description)
            object.members("directions", results, Self.write)
        case .concluded: break
        }
    }

    private static func write(_ roots: WindowRoots, to object: inout ObjectWriter) {
        object.member("sender", roots.sender.description)
        object.member("begin", roots.begin.description)
        object.member("end", roots.end.description)
        object.members("windows", roots.windows) { window, object in
            object.member("hour", window.hour.description)
            object.member("leaves", window.summary)
        }
    }

    private static func write(_ roots: RangeRoots, to object: inout ObjectWriter) {
        object.member("sender", roots.sender.description)
        object.member("hour", roots.hour.description)
        object.members("ranges", roots.ranges) { range, object in
            object.member("first", range.first)
            object.member("before", range.before)
            object.member("leaves", range.summary)
        }
    }

    private static func write(_ result: DirectionResult, to object: inout ObjectWriter) {
        object.member("sender", result.sender.description)
        object.member("envelopes", result.envelopes)
        object.members("states", result.counts) { count, object in
            object.member("state", count.state)
            object.member("envelopes", count.envelopes)
        }
    }
}
