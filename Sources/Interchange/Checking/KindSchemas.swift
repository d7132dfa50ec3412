import JSONSchema

/// The schemas of all kinds, compiled once from `schemas/`.
public struct KindSchemas: Sendable {
    public static let standard = KindSchemas()

    /// In the order of `Kind.allCases`: hashing a kind would hash its name.
    private let byKind: [Schema?]
    /// What every kind has in common; for envelopes whose kind is unknown.
    let envelope: Schema?

    private init() {
        var registry = SchemaRegistry()
        for name in ["common.json", "person.json", "envelope.json"] {
            // A shared part that cannot be read leaves its kinds without a schema, and an envelope without one is refused.
            if let text = EmbeddedFiles.content(of: name) { try? registry.add(text) }
        }
        let texts = Kind.allCases.compactMap { EmbeddedFiles.content(of: $0.rawValue + ".json") }
        let family = (try? Schema.family(texts, registry: registry)) ?? []
        byKind = family.count == Kind.allCases.count ? family : Kind.allCases.map { _ in nil }
        envelope = EmbeddedFiles.content(of: "envelope.json").flatMap { try? Schema($0, registry: registry) }
    }

    /// Nil when the schema of the kind could not be compiled; the tests show that each can.
    public func schema(of kind: Kind) -> Schema? { byKind[Int(kind.number)] }
}

extension Kind {
    /// Its place in `allCases`, without making that array. Stores keep it: a new kind comes last.
    package var number: UInt8 {
        switch self {
        case .arrival: 0
        case .departure: 1
        case .relocation: 2
        case .permit: 3
        case .employment: 4
        case .verificationRequest: 5
        case .verificationResponse: 6
        case .correction: 7
        case .retraction: 8
        case .accessNotice: 9
        }
    }
}
