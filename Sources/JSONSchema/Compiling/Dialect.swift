/// The vocabularies that `$schema` puts in force.
struct Dialect: Sendable {
    struct Vocabularies: OptionSet, Sendable {
        let rawValue: UInt8
        static let applicator = Vocabularies(rawValue: 1)
        static let unevaluated = Vocabularies(rawValue: 2)
        static let validation = Vocabularies(rawValue: 4)
        static let formatAssertion = Vocabularies(rawValue: 8)
        /// Core and those that hold annotations only.
        static let silent: Vocabularies = []
        static let standard: Vocabularies = [.applicator, .unevaluated, .validation]
    }

    static let standardURI = "https://json-schema.org/draft/2020-12/schema"

    var vocabularies = Vocabularies.standard

    /// - Parameter uri: `$schema`; nil means draft 2020-12.
    init(_ uri: String?, registry: SchemaRegistry, place: SchemaPlace) throws(SchemaError) {
        guard let uri else { return }
        let document = URIReference(uri).document
        guard document != Self.standardURI else { return }
        guard let meta = registry.resources[document] else {
            throw place.error(.unsupportedDialect, "the metaschema \(document) is not in the registry")
        }
        guard let listed = meta.root.value["$vocabulary"]?.members else { return }
        vocabularies = []
        for member in listed {
            if let known = Self.vocabulary(member.name) {
                vocabularies.formUnion(known)
            } else if case .bool(true) = member.value {
                throw place.error(.unsupportedDialect, "the vocabulary \(member.name) is required and unknown")
            }
        }
    }

    private static func vocabulary(_ uri: String) -> Vocabularies? {
        let prefix = "https://json-schema.org/draft/2020-12/vocab/"
        guard uri.hasPrefix(prefix) else { return nil }
        switch uri.dropFirst(prefix.count) {
        case "core", "meta-data", "format-annotation", "content": return .silent
        case "applicator": return .applicator
        case "unevaluated": return .unevaluated
        case "validation": return .validation
        case "format-assertion": return .formatAssertion
        default: return nil
        }
    }
}
