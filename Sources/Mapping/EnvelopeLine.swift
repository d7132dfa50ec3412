import Interchange
import JSONTape

/// The envelope's line as the checker sees it: with a placeholder for what the store gives later (the id, the version and
/// the salt). Its members are in the order of ``Draft/line(id:version:salt:)``.
struct EnvelopeLine {
    private(set) var bytes: [UInt8] = []
    /// Where the members that ``Draft/fixed`` holds begin.
    private var fixedStart = 0
    /// Where `flags` go: after the members at the top.
    private var flagsAt = 0
    private let front: [UInt8]
    /// `"name":` of all members, one after the other.
    private let memberText: [UInt8]
    private let members: [Member]

    /// A member by the rule that fills it; nothing in it is counted, so that rows only read.
    private struct Member {
        var rule: Int
        var section: BoundRule.Section
        var text: Range<Int>
    }

    /// - Parameter rules: those whose values are written.
    init(kind: Kind, rules: [BoundRule]) {
        front = Array(
            #"{"interchange":"1.0","id":"00000000-0000-7000-8000-000000000000","kind":"\#(kind.rawValue)","from":""#
                .utf8)
        var (text, members): ([UInt8], [Member]) = ([], [])
        for (number, rule) in rules.enumerated() {
            members.append(
                Member(rule: number, section: rule.section, text: text.count..<text.count + rule.member.count))
            text += rule.member
        }
        (memberText, self.members) = (text, members)
    }

    mutating func begin(from: Province, to: Province, record: RecordID, issuedAt: Instant, retainUntil: CivilDate) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: front)
        append(from)
        bytes.append(text: #"","to":""#)
        append(to)
        bytes.append(text: #"","record":""#)
        record.append(to: &bytes)
        bytes.append(text: #"","version":1,"issuedAt":""#)
        issuedAt.append(to: &bytes)
        bytes.append(text: #"","retainUntil":""#)
        retainUntil.append(to: &bytes)
        bytes.append(text: #"","salt":"AAAAAAAAAAAAAAAAAAAAAA","#)
        fixedStart = bytes.count
    }

    /// Writes `purpose` to the last brace of `content`, and closes the line.
    mutating func write(_ values: borrowing FieldValues) {
        write(.top, values)
        flagsAt = bytes.count
        separate()
        bytes.append(text: #""person":{"#)
        write(.person, values)
        bytes.append(text: "}")
        separate()
        bytes.append(text: #""content":{"#)
        write(.content, values)
        bytes.append(text: "}}")
    }

    /// ``Draft/fixed``, with the flags in their place.
    func fixed(flags: [ViolationCode]) -> [UInt8] {
        if flags.isEmpty { return Array(bytes[fixedStart..<bytes.count - 1]) }
        var fixed = Array(bytes[fixedStart..<flagsAt])
        let list = flags.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        fixed.append(text: "\(flagsAt > fixedStart ? "," : "")\"flags\":[\(list)]")
        if flagsAt == fixedStart { fixed.append(0x2C) }
        fixed.append(contentsOf: bytes[flagsAt..<bytes.count - 1])
        return fixed
    }

    private mutating func write(_ section: BoundRule.Section, _ values: borrowing FieldValues) {
        for member in members where member.section == section {
            guard let range = values.range(of: member.rule) else { continue }
            separate()
            bytes.append(contentsOf: memberText[member.text])
            values.withText(range) { bytes.append(jsonString: $0) }
        }
    }

    /// A comma, unless a brace or the line's front stands before.
    private mutating func separate() {
        if bytes.count > fixedStart, bytes[bytes.count - 1] != 0x7B { bytes.append(0x2C) }
    }

    private mutating func append(_ province: Province) {
        bytes.append(0x30 + province.number / 10)
        bytes.append(0x30 + province.number % 10)
    }
}
