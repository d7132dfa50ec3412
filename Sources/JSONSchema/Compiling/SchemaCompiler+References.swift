extension SchemaCompiler {
    /// The rule of `$ref` and `$dynamicRef` (draft 2020-12, core, section 8.2.3).
    mutating func reference(_ source: KeywordSource) throws(SchemaError) -> Rule? {
        switch source.name {
        case "$ref": return .reference(try number(of: resolve(source)))
        case "$dynamicRef": return try dynamicReference(source)
        default: return nil
        }
    }

    private mutating func dynamicReference(_ source: KeywordSource) throws(SchemaError) -> Rule {
        let place = try resolve(source)
        let number = try number(of: place)
        guard let name = URIReference(try source.string()).fragment, !name.hasPrefix("/"),
            registry.anchors[AnchorName(resource: place.resource, name: name)]?.isDynamic == true
        else { return .reference(number) }
        mayBeDynamic(name)
        return .dynamicReference(initial: number, anchor: name)
    }

    private func resolve(_ source: KeywordSource) throws(SchemaError) -> SchemaPlace {
        let text = try source.string()
        let uri = URIReference(text).resolved(against: URIReference(source.schema.resource))
        let place = source.place(source.value)
        guard let resource = registry.resources[uri.document] else {
            throw place.error(.unresolvedReference, "the registry does not hold \(uri.document)")
        }
        guard let fragment = JSONPointer.decoded(fragment: uri.fragment ?? "") else {
            throw place.error(.invalidURI, "the fragment of \(text) is not percent-encoded UTF-8")
        }
        if let names = JSONPointer.names(of: fragment) { return try descend(names, from: resource.root, for: place) }
        guard let anchor = registry.anchors[AnchorName(resource: resource.root.resource, name: fragment)] else {
            throw place.error(.unresolvedReference, "\(uri.document) has no anchor \(fragment)")
        }
        return anchor.place
    }

    private func descend(
        _ names: [String], from root: SchemaPlace, for reference: SchemaPlace
    ) throws(SchemaError) -> SchemaPlace {
        var place = root
        for name in names {
            let next =
                place.value[name]
                ?? place.value.elements.flatMap { elements in
                    Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
                }
            guard let next else {
                throw reference.error(.unresolvedReference, "nothing is at \(root.resource)#\(place.pointer)/\(name)")
            }
            place = place.child(next, name).entered()
        }
        return place
    }
}
