/// Values by their interchange names, found in bytes without making a `String`.
struct ByteNames<Value: Sendable>: Sendable {
    private let entries: [(name: [UInt8], value: Value)]

    init(_ values: [Value], name: (Value) -> String) {
        entries = values.map { (Array(name($0).utf8), $0) }
    }

    func value(of utf8: UnsafeRawBufferPointer) -> Value? {
        for index in entries.indices where entries[index].name.count == utf8.count {
            if entries[index].name.elementsEqual(utf8) { return entries[index].value }
        }
        return nil
    }
}

extension ByteNames where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    init() { self.init(Array(Value.allCases), name: \.rawValue) }
}

enum InterchangeNames {
    static let kinds = ByteNames<Kind>()
    static let purposes = ByteNames<Purpose>()
    static let idTypes = ByteNames<IDType>()
}
