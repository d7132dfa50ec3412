import JSONTape

extension EnvelopeLine {
    /// The members of `content` that are objects or arrays.
    mutating func parts(_ rules: [BoundRule], _ values: borrowing FieldValues) {
        if hasTarget { object(of: .target, #""target":{"#, rules, values) }
        // An object without an answer is none: then the schema says what is missing.
        if hasResults, rules.indices.contains(where: { rules[$0].section == .results && values[$0] != nil }) {
            object(of: .results, #""results":{"#, rules, values)
        }
        if hasAssertions { assertions(rules, values) }
    }

    private mutating func object(
        of section: BoundRule.Section, _ name: String, _ rules: [BoundRule], _ values: borrowing FieldValues
    ) {
        separate()
        bytes.append(text: name)
        members(of: section, rules, values)
        bytes.append(0x7D)
    }

    private mutating func assertions(_ rules: [BoundRule], _ values: borrowing FieldValues) {
        var items: [ArraySlice<UInt8>] = []
        for index in rules.indices where rules[index].section == .assertions {
            guard let value = values[index] else { continue }
            if rules[index].rule.target.path == "content.assertions" {
                items += value.split(separator: FieldRule.itemSeparator)
            } else if value.elementsEqual("yes".utf8) {
                items.append(Array(rules[index].rule.target.member.utf8)[...])
            }
        }
        guard !items.isEmpty else { return }
        separate()
        bytes.append(text: #""assertions":["#)
        for (place, item) in items.enumerated() {
            if place > 0 { bytes.append(0x2C) }
            item.withUnsafeBytes { bytes.append(jsonString: $0) }
        }
        bytes.append(0x5D)
    }

    /// As JSON writes it; what is not stays a string, and the schema says so.
    static func isInteger(_ value: ArraySlice<UInt8>) -> Bool {
        guard let first = value.first, first != 0x30, value.count <= 16 else { return false }
        return value.allSatisfy { (0x30...0x39).contains($0) }
    }
}
