/// Why a schema cannot be used. Nothing of an instance can be in it: schemas are compiled before any is seen.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The schema's text is not JSON.
        case invalidJSON
        /// A keyword's value is not what draft 2020-12 asks for.
        case invalidKeyword
        /// A regular expression that is not ECMA-262, or that linear-time matching cannot serve.
        case invalidPattern
        /// A URI in `$id`, `$ref`, `$dynamicRef` or `$schema` that is not RFC 3986.
        case invalidURI
        /// A reference to a document, an anchor or a place that the registry does not hold.
        case unresolvedReference
        /// Two documents, resources or anchors with the same identifier.
        case duplicateIdentifier
        /// A reference that applies a schema to the same instance again and again.
        case endlessReference
        /// Schemas that contain and refer to each other deeper than the compiler goes.
        case tooDeep
        /// `$schema` names a dialect other than 2020-12, or one with a vocabulary that is required and unknown.
        case unsupportedDialect
    }

    public let code: Code
    /// The schema's place: an absolute URI, or a JSON Pointer when the document has no URI.
    public let location: String
    /// What is wrong, one sentence in English.
    public let message: String

    public init(code: Code, location: String, message: String) {
        self.code = code
        self.location = location
        self.message = message
    }

    public var description: String { "\(code.rawValue) at \(location): \(message)" }

    /// What the schema's author can do.
    public var remedy: String {
        switch code {
        case .invalidJSON: "correct the JSON text"
        case .invalidKeyword: "write the keyword by JSON Schema draft 2020-12"
        case .invalidPattern: "write the pattern without look-around and back references"
        case .invalidURI: "write the URI by RFC 3986"
        case .unresolvedReference: "add the document to the registry, or correct the reference"
        case .duplicateIdentifier: "give each document, resource and anchor its own identifier"
        case .endlessReference: "let the reference descend into the instance"
        case .tooDeep: "let the schemas nest less, or refer to the inner ones earlier"
        case .unsupportedDialect: "use https://json-schema.org/draft/2020-12/schema"
        }
    }
}
