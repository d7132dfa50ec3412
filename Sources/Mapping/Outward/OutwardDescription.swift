import Yams

/// What a mapping says of the files it writes, beyond what it says of those it reads.
struct OutwardDescription: Sendable {
    /// The columns in the order in which they are written; empty when the mapping leaves that to its fields.
    var columns: [String] = []
    /// The mapping lists them itself, so that those which nothing fills are meant to be empty.
    var isListed = false
    /// Where `outward` stands.
    var place: Place
    /// XML: the element that holds all others.
    var root = "rows"
    /// Bytes that a column of a fixed-width or DBF file has, where the mapping tells.
    var widths: [String: Int] = [:]
    /// XML: the repeated element.
    var element = "row"
}

extension MappingNotes {
    /// - Parameter source: the mapping's `source`. Its `header` tells of widths and elements; whether it is right is the
    ///   business of who reads the source.
    mutating func outward(_ node: Node?, source: Node?) -> OutwardDescription {
        var outward = OutwardDescription(place: Place(node))
        readLayout(source?.mapping?["header"], &outward)
        let members = members(of: node, in: "outward", allowed: ["columns", "root", "widths"])
        if members["columns"] != nil {
            outward.columns = texts(members["columns"], "outward.columns").map(\.text)
            outward.isListed = true
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

    /// The columns of a fixed-width source with their bytes, however written, and the element of an XML source.
    private func readLayout(_ header: Node?, _ outward: inout OutwardDescription) {
        if let name = header?.scalar?.string, XMLNames.isName(name) { outward.element = name }
        for (name, width) in Self.pairs(of: header) {
            outward.columns.append(name)
            outward.widths[name] = width
        }
    }

    private static func pairs(of header: Node?) -> [(String, Int)] {
        if let mapping = header?.mapping {
            return mapping.compactMap { key, value in
                guard let name = key.string, let width = value.string.flatMap({ Int($0) }) else { return nil }
                return (name, width)
            }
        }
        return (header?.sequence ?? []).flatMap { item -> [(String, Int)] in
            if let mapping = item.mapping, let name = mapping["column"]?.string ?? mapping["name"]?.string {
                return mapping["width"]?.string.flatMap { Int($0) }.map { [(name, $0)] } ?? []
            }
            let parts = item.string?.split(separator: ":") ?? []
            if parts.count == 2, let width = Int(parts[1]) { return [(String(parts[0]), width)] }
            return item.mapping == nil ? [] : pairs(of: item)
        }
    }
}
