/// Finds the resources and anchors of a document, in the places where draft 2020-12 has schemas.
struct ResourceIndex {
    private(set) var resources: [SchemaResource] = []
    private(set) var anchors: [(AnchorName, SchemaAnchor)] = []

    mutating func visit(_ place: SchemaPlace, dialect outer: String?) throws(SchemaError) {
        guard let members = place.value.members else { return }
        var dialect = outer
        var place = place
        if place.pointer.isEmpty || place.value["$id"] != nil {
            dialect = place.value["$schema"]?.string ?? outer
            place = place.entered()
            resources.append(SchemaResource(root: place, dialect: dialect))
        }
        try addAnchors(place)
        for member in members { try visitKeyword(member, in: place, dialect: dialect) }
    }

    private mutating func addAnchors(_ place: SchemaPlace) throws(SchemaError) {
        for keyword in ["$anchor", "$dynamicAnchor"] {
            guard let value = place.value[keyword] else { continue }
            guard let name = value.string, Self.isAnchor(name) else {
                throw place.error(.invalidKeyword, "\(keyword) must be a name of ASCII letters, digits, -, _ and .")
            }
            // One place may carry the same name both ways; the dynamic one includes the plain one.
            anchors.removeAll { $0.0.name == name && $0.1.place.location == place.location }
            let anchor = SchemaAnchor(place: place, isDynamic: keyword == "$dynamicAnchor")
            anchors.append((AnchorName(resource: place.resource, name: name), anchor))
        }
    }

    private static func isAnchor(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }

    private mutating func visitKeyword(
        _ member: SchemaValue.Member, in place: SchemaPlace, dialect: String?
    ) throws(SchemaError) {
        switch KeywordShape(member.name) {
        case .schema: try visit(place.child(member.value, member.name), dialect: dialect)
        case .list:
            for (index, value) in (member.value.elements ?? []).enumerated() {
                try visit(place.child(value, member.name, String(index)), dialect: dialect)
            }
        case .map:
            for inner in member.value.members ?? [] {
                try visit(place.child(inner.value, member.name, inner.name), dialect: dialect)
            }
        case .other: break
        }
    }
}

/// Where a keyword's value holds schemas.
enum KeywordShape {
    case schema, list, map, other

    init(_ name: String) {
        switch name {
        case "not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames",
            "unevaluatedItems", "unevaluatedProperties", "contentSchema":
            self = .schema
        case "allOf", "anyOf", "oneOf", "prefixItems": self = .list
        case "$defs", "definitions", "dependentSchemas", "properties", "patternProperties": self = .map
        default: self = .other
        }
    }
}
