/// A value of a person. It prints as `<redacted>` wherever it is printed, logged, interpolated or dumped.
public struct Redacted<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The value itself, for the look-up that it is meant for.
    public let exposed: Value

    public init(_ value: Value) { exposed = value }
}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
