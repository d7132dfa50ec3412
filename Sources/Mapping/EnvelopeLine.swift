import Interchange
import JSONTape

/// The envelope's line as the checker sees it: with a placeholder for what the store gives later (the id, the version and
/// the salt). Its members are in the order of ``Draft/line(id:version:salt:)``.
struct EnvelopeLine {
    var bytes: [UInt8] = []
    /// Where the members that ``Draft/fixed`` holds begin.
    private var fixedStart: Int { front.bytes.count }
    /// Where `flags` go: after the members at the top.
    private var flagsAt = 0
    private var front: EnvelopeFront
    private let layout: MemberLayout
    /// What `content` has below its plain members.
    let hasTarget: Bool
    let hasResults: Bool
    let hasAssertions: Bool

    init(kind: Kind, rules: [BoundRule]) {
        hasTarget = kind == .correction || kind == .retraction
        hasResults = kind == .verificationResponse
        hasAssertions = kind == .verificationRequest
        front = EnvelopeFront(kind: kind)
        layout = MemberLayout(rules)
    }

    mutating func begin(from: Province, to: Province, record: RecordID, issuedAt: Instant, retainUntil: CivilDate) {
        front.set(from: from, to: to, record: record, issuedAt: issuedAt, retainUntil: retainUntil)
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: front.bytes)
    }

    /// Writes `purpose` to the last brace of `content`, and closes the line.
    mutating func write(_ rules: [BoundRule], _ values: borrowing FieldValues) {
        flagsAt = fixedStart + layout.append(values, to: &bytes)
        parts(rules, values)
        bytes.append(0x7D)
        bytes.append(0x7D)
    }

    /// ``Draft/fixed``, with the flags in their place.
    func fixed(flags: [ViolationCode]) -> [UInt8] {
        if flags.isEmpty { return Array(bytes[fixedStart..<bytes.count - 1]) }
        var fixed = Array(bytes[fixedStart..<flagsAt])
        if flagsAt > fixedStart { fixed.append(0x2C) }
        fixed.append(contentsOf: Self.member(of: flags))
        if flagsAt == fixedStart { fixed.append(0x2C) }
        fixed.append(contentsOf: bytes[flagsAt..<bytes.count - 1])
        return fixed
    }

    /// ``Draft/fixed`` without a line: of a row that has a shape (``ValueShape``).
    func fixed(_ values: borrowing FieldValues, flags: [ViolationCode]) -> [UInt8] {
        layout.fixed(values, flags: flags.isEmpty ? [] : Self.member(of: flags))
    }

    /// Whether all members stand at the top, in `person` or in `content`.
    var isPlain: Bool { !hasTarget && !hasResults && !hasAssertions }

    private static func member(of flags: [ViolationCode]) -> [UInt8] {
        let list = flags.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return Array("\"flags\":[\(list)]".utf8)
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
}
