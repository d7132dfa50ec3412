import Yams

/// What a mapping says of the files it writes, beyond what it says of those it reads.
struct OutwardDescription: Sendable {
    /// The columns in the order in which they are written; empty when the mapping leaves that to its fields.
    var columns: [String] = []
    /// Where `outward` stands.
    var place: Place
    /// XML: the element that holds all others.
    var root = "rows"
    /// Bytes that a column of a fixed-width or DBF file has, where the mapping tells.
    var widths: [String: Int] = [:]
}

extension MappingNotes {
    mutating func outward(_ node: Node?) -> OutwardDescription {
        var outward = OutwardDescription(place: Place(node))
        let members = members(of: node, in: "outward", allowed: ["columns", "root", "widths"])
        if members["columns"] != nil {
            outward.columns = texts(members["columns"], "outward.columns").map(\.text)
        }
        if Set(outward.columns).count < outward.columns.count {
            note("outward.columns names a column twice", at: members["columns"], remedy: "Name each column once")
        }
        if let node = members["root"], let name = text(node, "outward.root") {
            if XMLNames.isName(name) {
                outward.root = name
            } else {
                note("outward.root is no name of an element", at: node, remedy: "Write a word of letters")
            }
        }
        for (key, value) in self.members(of: members["widths"], in: "outward.widths") {
            guard let name = text(key, "outward.widths"),
                let width = text(value, "outward.widths").flatMap({ Int($0) }),
                (1...254).contains(width)
            else {
                note("a width is a number of bytes from 1 to 254", at: value, remedy: "Write { column: 18 }")
                continue
            }
            outward.widths[name] = width
        }
        return outward
    }
}
