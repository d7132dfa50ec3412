/// Values by their interchange names, found in bytes without a `String` and without a reference.
struct ByteNames<Value: Sendable & CaseIterable & RawRepresentable>: Sendable where Value.RawValue == String {
    private let entries: [(name: PackedName, value: Value)]

    init() {
        entries = Value.allCases.compactMap { value in
            var name = value.rawValue
            return name.withUTF8 { PackedName(UnsafeRawBufferPointer($0)) }.map { ($0, value) }
        }
    }

    func value(of utf8: UnsafeRawBufferPointer) -> Value? {
        guard let name = PackedName(utf8) else { return nil }
        for index in entries.indices where entries[index].name == name { return entries[index].value }
        return nil
    }
}

/// Up to 24 bytes as three words: equal words and lengths are equal names.
private struct PackedName: Sendable, Equatable {
    private var count: Int
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

    /// Nil for more than 24 bytes; no name of the interchange is longer.
    init?(_ utf8: UnsafeRawBufferPointer) {
        guard let start = utf8.baseAddress, utf8.count <= 24 else { return nil }
        count = utf8.count
        withUnsafeMutableBytes(of: &words) { $0.baseAddress?.copyMemory(from: start, byteCount: utf8.count) }
    }

    static func == (left: PackedName, right: PackedName) -> Bool {
        left.count == right.count && left.words == right.words
    }
}

enum InterchangeNames {
    static let kinds = ByteNames<Kind>()
    static let purposes = ByteNames<Purpose>()
    static let idTypes = ByteNames<IDType>()
    static let permitStatuses = ByteNames<PermitStatus>()
    static let grounds = ByteNames<RetractionGround>()
}
