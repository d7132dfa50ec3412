import Interchange
import JSONTape

/// The envelope's line as the checker sees it: with a placeholder for what the store gives later (the id, the version and
/// the salt). Its members are in the order of ``Draft/line(id:version:salt:)``.
struct EnvelopeLine {
    var bytes: [UInt8] = []
    /// Where the members that ``Draft/fixed`` holds begin.
    private var fixedStart = 0
    /// Where `flags` go: after the members at the top.
    private var flagsAt = 0
    private let front: [UInt8]
    /// What `content` has below its plain members.
    let hasTarget: Bool
    let hasResults: Bool
    let hasAssertions: Bool

    init(kind: Kind) {
        hasTarget = kind == .correction || kind == .retraction
        hasResults = kind == .verificationResponse
        hasAssertions = kind == .verificationRequest
        front = Array(
            #"{"interchange":"1.0","id":"00000000-0000-7000-8000-000000000000","kind":"\#(kind.rawValue)","from":""#
                .utf8)
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
    mutating func write(_ rules: [BoundRule], _ values: borrowing FieldValues) {
        members(of: .top, rules, values)
        flagsAt = bytes.count
        for (section, name) in [(BoundRule.Section.person, #""person":{"#), (.content, #""content":{"#)] {
            separate()
            bytes.append(text: name)
            members(of: section, rules, values)
            if section == .content { parts(rules, values) }
            bytes.append(0x7D)
        }
        bytes.append(0x7D)
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

    mutating func members(of section: BoundRule.Section, _ rules: [BoundRule], _ values: borrowing FieldValues) {
        for index in rules.indices where rules[index].section == section {
            guard let value = values[index] else { continue }
            separate()
            bytes.append(contentsOf: rules[index].member)
            if rules[index].isInteger, Self.isInteger(value) {
                bytes.append(contentsOf: value)
            } else {
                value.withUnsafeBytes { bytes.append(jsonString: $0) }
            }
        }
    }

    /// A comma, unless a brace or the line's front stands before.
    mutating func separate() {
        if bytes.count > fixedStart, bytes[bytes.count - 1] != 0x7B { bytes.append(0x2C) }
    }

    private mutating func append(_ province: Province) {
        bytes.append(0x30 + province.number / 10)
        bytes.append(0x30 + province.number % 10)
    }
}
