import JSONTape

/// The plain members of a line, as its mapping fills them: what stands between the values is made once.
struct MemberLayout {
    private struct Member {
        let rule: Int
        /// `"name":` in ``names``.
        let name: Range<Int>
        let isInteger: Bool
    }

    private let names: [UInt8]
    private let top, person, content: [Member]
    /// The most bytes besides the values'.
    private let overhead: Int

    private static let personName = Array(#""person":{"#.utf8)
    private static let contentName = Array(#""content":{"#.utf8)

    init(_ rules: [BoundRule]) {
        var names: [UInt8] = []
        func members(_ section: BoundRule.Section) -> [Member] {
            rules.indices.filter { rules[$0].section == section }.map { index in
                let start = names.count
                names += rules[index].member
                return Member(rule: index, name: start..<names.count, isInteger: rules[index].isInteger)
            }
        }
        (top, person, content) = (members(.top), members(.person), members(.content))
        self.names = names
        overhead = names.count + rules.count * 3 + Self.personName.count + Self.contentName.count + 8
    }

    /// Appends the members at the top, `person`, and `content` without its last brace.
    /// - Returns: how many bytes the members at the top have.
    func append(_ values: borrowing FieldValues, to bytes: inout [UInt8]) -> Int {
        // Each byte of a value becomes six at the most.
        let most = overhead + values.bytes.count * 6
        return withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { room in
            var out = MemberWriter(room: room)
            let topLength = write(values, flags: [], isPlain: false, to: &out)
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<out.count]))
            return topLength
        }
    }

    /// ``Draft/fixed`` of values of which JSON writes each as it is, in quotes.
    /// - Parameter flags: the member `flags`, or nothing.
    func fixed(_ values: borrowing FieldValues, flags: [UInt8]) -> [UInt8] {
        let most = overhead + values.bytes.count + flags.count + 2
        return [UInt8](unsafeUninitializedCapacity: most) { room, count in
            var out = MemberWriter(room: UnsafeMutableRawBufferPointer(room))
            _ = write(values, flags: flags, isPlain: true, to: &out)
            out.put(0x7D)
            count = out.count
        }
    }

    /// - Returns: how many bytes the members at the top have.
    @inline(__always)
    private func write(
        _ values: borrowing FieldValues, flags: [UInt8], isPlain: Bool, to out: inout MemberWriter
    ) -> Int {
        write(top, values, isPlain, to: &out)
        if !flags.isEmpty {
            if out.count > 0 { out.put(0x2C) }
            out.put(flags)
        }
        let topLength = out.count
        if topLength > 0 { out.put(0x2C) }
        out.put(Self.personName)
        write(person, values, isPlain, to: &out)
        out.put(0x7D)
        out.put(0x2C)
        out.put(Self.contentName)
        write(content, values, isPlain, to: &out)
        return topLength
    }

    /// - Parameter isPlain: JSON writes each value as it is, in quotes.
    private func write(
        _ members: [Member], _ values: borrowing FieldValues, _ isPlain: Bool, to out: inout MemberWriter
    ) {
        var isFirst = true
        names.withUnsafeBytes { names in
            values.bytes.withUnsafeBytes { bytes in
                for member in members {
                    guard let range = values.range(of: member.rule) else { continue }
                    if !isFirst { out.put(0x2C) }
                    isFirst = false
                    out.put(UnsafeRawBufferPointer(rebasing: names[member.name]))
                    let value = UnsafeRawBufferPointer(rebasing: bytes[range])
                    if isPlain {
                        out.put(quoted: value)
                    } else if member.isInteger, EnvelopeLine.isInteger(values.bytes[range]) {
                        out.put(value)
                    } else {
                        out.put(string: value)
                    }
                }
            }
        }
    }
}

/// Writes into room that is known to suffice.
private struct MemberWriter {
    let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(room: UnsafeMutableRawBufferPointer) { self.room = room }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        room[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func put(_ text: UnsafeRawBufferPointer) {
        guard let start = text.baseAddress else { return }
        UnsafeMutableRawBufferPointer(rebasing: room[count..<count + text.count]).baseAddress?
            .copyMemory(from: start, byteCount: text.count)
        count += text.count
    }

    mutating func put(_ text: [UInt8]) { text.withUnsafeBytes { put($0) } }

    @inline(__always)
    mutating func put(quoted text: UnsafeRawBufferPointer) {
        put(0x22)
        put(text)
        put(0x22)
    }

    @inline(__always)
    mutating func put(string text: UnsafeRawBufferPointer) {
        if text.needsNoEscape {
            put(quoted: text)
        } else {
            var escaped: [UInt8] = []
            escaped.append(jsonString: text)
            put(escaped)
        }
    }
}
