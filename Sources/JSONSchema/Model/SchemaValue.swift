import JSONTape

/// A JSON value that owns its parts: a schema's document, or a constant inside one.
indirect enum SchemaValue: Sendable {
    case null
    case bool(Bool)
    case number(ExactNumber)
    case string(String)
    case array([SchemaValue])
    case object([Member])

    struct Member: Sendable {
        var name: String
        var value: SchemaValue
    }

    /// - Throws: ``SchemaError`` of code `invalidJSON`.
    init(parsing text: [UInt8], location: String) throws(SchemaError) {
        do {
            self = try JSONParser().parse(text) { SchemaValue($0) }
        } catch {
            let message = (error as? JSONSyntaxError)?.description ?? "the text cannot be read"
            throw SchemaError(code: .invalidJSON, location: location, message: message)
        }
    }

    init(_ view: JSONView) {
        switch view.kind {
        case .null: self = .null
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .integer, .number: self = .number(ExactNumber(view))
        case .string: self = .string(view.string ?? "")
        case .array:
            var elements: [SchemaValue] = []
            view.forEachElement { elements.append(SchemaValue($0)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            view.forEachMember { members.append(Member(name: $0.string ?? "", value: SchemaValue($1))) }
            self = .object(members)
        }
    }

    var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    var elements: [SchemaValue]? { if case .array(let elements) = self { elements } else { nil } }

    var string: String? { if case .string(let string) = self { string } else { nil } }

    subscript(name: String) -> SchemaValue? { members?.first { $0.name.utf8.elementsEqual(name.utf8) }?.value }
}
