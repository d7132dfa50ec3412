import JSONTape

/// Equality of JSON values (draft 2020-12, core, section 4.2.2): numbers by value, members in any order.
extension SchemaValue {
    func equals(_ view: JSONView) -> Bool {
        switch (self, view.kind) {
        case (.null, .null), (.bool(true), .true), (.bool(false), .false): return true
        case (.number(let number), .integer), (.number(let number), .number): return number == ExactNumber(view)
        case (.string(let string), .string):
            return view.withUTF8 { $0.elementsEqual(string.utf8) } ?? false
        case (.array(let elements), .array):
            guard elements.count == view.count else { return false }
            var rest = elements[...]
            var isEqual = true
            view.forEachElement { element in
                if isEqual { isEqual = rest.popFirst()?.equals(element) ?? false }
            }
            return isEqual
        case (.object(let members), .object):
            return members.count == view.count
                && members.allSatisfy { member in view[member: member.name].map(member.value.equals) ?? false }
        default: return false
        }
    }
}

extension JSONView {
    func equals(_ other: JSONView) -> Bool {
        switch (kind, other.kind) {
        case (.null, .null), (.true, .true), (.false, .false): return true
        case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number):
            return hasSameText(as: other) || ExactNumber(self) == ExactNumber(other)
        case (.string, .string):
            return other.withUTF8 { stringEquals($0) } ?? false
        case (.array, .array):
            guard count == other.count else { return false }
            var position = other.index + 1
            var isEqual = true
            forEachElement { element in
                guard isEqual else { return }
                isEqual = element.equals(other.at(position))
                position = Int(nodes[position].next)
            }
            return isEqual
        case (.object, .object): return count == other.count && hasMembers(of: other)
        default: return false
        }
    }

    private func hasSameText(as other: JSONView) -> Bool {
        length == other.length
            && UnsafeBufferPointer(start: content, count: length).elementsEqual(
                UnsafeBufferPointer(start: other.content, count: length))
    }

    /// In objects of up to this many members a name is looked for; in larger ones, by its hash.
    private static let searchedBound = 16

    private func hasMembers(of other: JSONView) -> Bool {
        if count > Self.searchedBound { return hasHashedMembers(of: other) }
        var isEqual = true
        other.forEachMember { name, value in
            guard isEqual else { return }
            let mine = name.withUTF8 { text in member(named: text) } ?? nil
            isEqual = mine?.equals(value) ?? false
        }
        return isEqual
    }

    private func hasHashedMembers(of other: JSONView) -> Bool {
        var mine: [Int: [(name: JSONView, value: JSONView)]] = [:]
        forEachMember { name, value in mine[name.hashOfText, default: []].append((name, value)) }
        var isEqual = true
        other.forEachMember { name, value in
            guard isEqual else { return }
            let found = name.withUTF8 { text in
                mine[name.hashOfText, default: []].first { $0.name.stringEquals(text) }?.value
            }
            isEqual = (found ?? nil)?.equals(value) ?? false
        }
        return isEqual
    }

    /// Seeded at random, so that no text can be made to collide.
    private var hashOfText: Int {
        var hasher = Hasher()
        _ = withUTF8 { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    private func member(named text: UnsafeRawBufferPointer) -> JSONView? {
        var found: JSONView?
        forEachMember { name, value in
            if found == nil, name.stringEquals(text) { found = value }
        }
        return found
    }
}
