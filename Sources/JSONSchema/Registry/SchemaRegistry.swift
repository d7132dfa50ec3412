import JSONTape

/// The documents that a schema's references may reach, by URI. Nothing is ever fetched.
public struct SchemaRegistry: Sendable {
    /// Roots of documents and embedded resources, by URI without fragment.
    private(set) var resources: [String: SchemaResource] = [:]
    /// Places named by `$anchor` and `$dynamicAnchor`.
    private(set) var anchors: [AnchorName: SchemaAnchor] = [:]

    /// A registry that holds the metaschemas of draft 2020-12.
    public init() { self = Self.standard }

    private init(empty: Void) {}

    private static let standard: SchemaRegistry = {
        var registry = SchemaRegistry(empty: ())
        for text in MetaSchemas.all {
            // A metaschema that failed to parse would fail every reference to it, and the tests.
            try? registry.add(Array(text.utf8))
        }
        return registry
    }()

    /// Adds a document under its `$id`, and under another URI if one is given.
    ///
    /// - Parameters:
    ///   - text: the document in UTF-8.
    ///   - uri: where the document was found: the base of a relative `$id`. A document without `$id` needs it.
    /// - Throws: ``SchemaError``; `duplicateIdentifier` when a URI is already taken.
    public mutating func add(_ text: [UInt8], at uri: String? = nil) throws {
        let base = URIReference(uri ?? "").document
        let value = try SchemaValue(parsing: text, location: base)
        let resource = URIReference(value["$id"]?.string ?? "").resolved(against: URIReference(base)).document
        guard !resource.isEmpty else {
            throw SchemaError(code: .invalidURI, location: "", message: "the document has no $id and no URI is given")
        }
        try index(value, as: resource)
        if base != resource, !base.isEmpty, let root = resources[resource] { try claim(base, for: root) }
    }

    /// Adds the document that is compiled, unless it is already there; without `$id` and place its URI is empty.
    mutating func addRoot(_ text: [UInt8], at uri: String) throws -> SchemaPlace {
        let base = URIReference(uri)
        let value = try SchemaValue(parsing: text, location: base.document)
        let resource = URIReference(value["$id"]?.string ?? "").resolved(against: base).document
        let place = SchemaPlace(value: value, resource: resource, pointer: "")
        guard let held = resources[resource] else {
            try index(value, as: resource)
            return place
        }
        guard try JSONParser().parse(text, held.root.value.equals) else {
            throw place.error(.duplicateIdentifier, "the registry has another document of this URI")
        }
        return place
    }

    private mutating func index(_ value: SchemaValue, as resource: String) throws(SchemaError) {
        var index = ResourceIndex()
        try index.visit(SchemaPlace(value: value, resource: resource, pointer: ""), dialect: nil)
        for found in index.resources { try claim(found.root.resource, for: found) }
        for (name, anchor) in index.anchors {
            guard anchors.updateValue(anchor, forKey: name) == nil else {
                throw anchor.place.error(.duplicateIdentifier, "the resource already has the anchor \(name.name)")
            }
        }
    }

    private mutating func claim(_ uri: String, for resource: SchemaResource) throws(SchemaError) {
        guard resources.updateValue(resource, forKey: uri) == nil else {
            throw resource.root.error(.duplicateIdentifier, "the registry already has \(uri)")
        }
    }
}

/// The root of a document or of an embedded resource.
struct SchemaResource: Sendable {
    var root: SchemaPlace
    /// The `$schema` in force.
    var dialect: String?
}

struct AnchorName: Sendable, Hashable {
    var resource: String
    var name: String
}

struct SchemaAnchor: Sendable {
    var place: SchemaPlace
    var isDynamic: Bool
}
