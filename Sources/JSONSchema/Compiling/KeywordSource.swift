/// One member of a schema object, and readers that refuse a value of the wrong form.
struct KeywordSource {
    let name: String
    let value: SchemaValue
    /// The schema object that has the member.
    let schema: SchemaPlace

    func refuse(_ demand: String) -> SchemaError {
        schema.child(value, name).error(.invalidKeyword, "\(name) must be \(demand)")
    }

    func string() throws(SchemaError) -> String {
        guard let string = value.string else { throw refuse("a string") }
        return string
    }

    func elements() throws(SchemaError) -> [SchemaValue] {
        guard let elements = value.elements else { throw refuse("an array") }
        return elements
    }

    func members() throws(SchemaError) -> [SchemaValue.Member] {
        guard let members = value.members else { throw refuse("an object") }
        return members
    }

    func number() throws(SchemaError) -> ExactNumber {
        guard case .number(let number) = value else { throw refuse("a number") }
        return number
    }

    func count() throws(SchemaError) -> Int {
        guard case .number(let number) = value, let count = number.count else {
            throw refuse("an integer from 0 to 2147483647")
        }
        return count
    }

    func names() throws(SchemaError) -> [String] { try Self.names(value, of: self) }

    static func names(_ value: SchemaValue, of source: KeywordSource) throws(SchemaError) -> [String] {
        var names: [String] = []
        for element in value.elements ?? [.null] {
            guard let name = element.string else { throw source.refuse("an array of strings") }
            names.append(name)
        }
        return names
    }

    /// The place of a schema inside the value.
    func place(_ value: SchemaValue, _ names: String...) -> SchemaPlace {
        var place = schema.child(self.value, name)
        for name in names { place = place.child(value, name) }
        place.value = value
        return place
    }

    func pattern(_ text: String) throws(SchemaError) -> Pattern {
        do {
            return try Pattern(text)
        } catch {
            throw schema.child(value, name).error(.invalidPattern, error.message)
        }
    }
}
