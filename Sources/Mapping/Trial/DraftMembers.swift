import Interchange
import JSONTape

/// The members of a draft's envelope by their pointers.
enum DraftMembers {
    /// Pointers at which one draft has another value than the other, or only one has any; flags are a matter of outcomes.
    static func differing(_ left: Draft, _ right: Draft) -> [String] {
        var names: [String] = []
        if left.kind != right.kind { names.append("/kind") }
        if left.from != right.from { names.append("/from") }
        if left.to != right.to { names.append("/to") }
        if left.retainUntil != right.retainUntil { names.append("/retainUntil") }
        if left.fixed == right.fixed { return names }
        let (before, after) = (members(left), members(right))
        let all = Set(before.keys).union(after.keys)
        return names + all.filter { before[$0] != after[$0] && !$0.hasPrefix("/flags") }.sorted()
    }

    private static func members(_ draft: Draft) -> [String: [UInt8]] {
        let object = [0x7B] + draft.fixed + [0x7D]
        var members: [String: [UInt8]] = [:]
        // A draft's line was parsed when it was checked.
        try? JSONParser(maximumDepth: 16, maximumNodes: 4096).parse(object) { collect($0, "", object, &members) }
        return members
    }

    private static func collect(
        _ value: JSONView, _ pointer: String, _ text: [UInt8], _ members: inout [String: [UInt8]]
    ) {
        guard value.kind == .object else {
            members[pointer] = Array(text[value.span])
            return
        }
        value.forEachMember { name, value in collect(value, pointer + "/" + (name.string ?? ""), text, &members) }
    }
}
