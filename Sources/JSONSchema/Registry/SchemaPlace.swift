/// A subschema's place in the registry: the resource that it belongs to and a JSON Pointer from that resource's root.
struct SchemaPlace: Sendable {
    var value: SchemaValue
    /// The resource's URI without fragment; empty for a document without one.
    var resource: String
    var pointer: String

    /// The place's identity, and its absolute location when the resource has a URI.
    var location: String { resource + "#" + pointer }

    /// The place of a part of this value.
    func child(_ value: SchemaValue, _ names: String...) -> SchemaPlace {
        let tokens = names.map { "/" + JSONPointer.token($0) }.joined()
        return SchemaPlace(value: value, resource: resource, pointer: pointer + tokens)
    }

    /// This place, or the root of the embedded resource that begins here.
    func entered() -> SchemaPlace {
        guard !pointer.isEmpty, let id = value["$id"]?.string else { return self }
        let uri = URIReference(id).resolved(against: URIReference(resource)).document
        return SchemaPlace(value: value, resource: uri, pointer: "")
    }

    func error(_ code: SchemaError.Code, _ message: String) -> SchemaError {
        SchemaError(code: code, location: resource.isEmpty ? pointer : location, message: message)
    }
}
