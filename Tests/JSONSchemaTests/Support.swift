import JSONSchema
import JSONTape

/// Whether an instance keeps a schema.
func isValid(_ instance: String, by schema: String, registry: SchemaRegistry = .init()) throws -> Bool {
    let schema = try Schema(Array(schema.utf8), registry: registry)
    return try JSONParser().parse(Array(instance.utf8)) { schema.isValid($0) }
}

/// In what an instance breaks a schema.
func violations(
    of instance: String, by schema: String, registry: SchemaRegistry = .init(), limit: Int = 64
) throws -> [SchemaViolation] {
    let schema = try Schema(Array(schema.utf8), registry: registry)
    return try JSONParser().parse(Array(instance.utf8)) { schema.violations(of: $0, limit: limit) }
}

/// A string as JSON text.
func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.append(jsonString: text)
    return String(decoding: bytes, as: UTF8.self)
}
