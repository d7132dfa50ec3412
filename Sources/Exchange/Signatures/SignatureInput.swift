import Interchange
import RawStructuredFieldValues

/// What a signature covers, and its parameters (RFC 9421 section 2.3): one member of `Signature-Input`.
public struct SignatureInput: Sendable, Hashable {
    /// A parameter of the signature, in the order it is written.
    public enum Parameter: Sendable, Hashable {
        /// Whole seconds since 1970.
        case created(Int64)
        case expires(Int64)
        case nonce(String)
        case algorithm(String)
        case keyID(String)
        case tag(String)
    }

    public var components: [ComponentIdentifier]
    public var parameters: [Parameter]

    public init(components: [ComponentIdentifier], parameters: [Parameter]) {
        self.components = components
        self.parameters = parameters
    }

    public var created: Instant? {
        parameters.lazy.compactMap { if case .created(let value) = $0 { Instant(seconds: value) } else { nil } }.first
    }
    public var expires: Instant? {
        parameters.lazy.compactMap { if case .expires(let value) = $0 { Instant(seconds: value) } else { nil } }.first
    }
    public var nonce: String? {
        parameters.lazy.compactMap { if case .nonce(let value) = $0 { value } else { nil } }.first
    }
    public var algorithm: String? {
        parameters.lazy.compactMap { if case .algorithm(let value) = $0 { value } else { nil } }.first
    }
    public var keyID: String? {
        parameters.lazy.compactMap { if case .keyID(let value) = $0 { value } else { nil } }.first
    }
    public var tag: String? {
        parameters.lazy.compactMap { if case .tag(let value) = $0 { value } else { nil } }.first
    }

    /// Nil when a component or a parameter is not of a form that RFC 9421 gives it, or is not registered there.
    init?(_ list: InnerList) {
        var components: [ComponentIdentifier] = []
        for item in list.bareInnerList {
            guard let component = ComponentIdentifier(item) else { return nil }
            components.append(component)
        }
        var parameters: [Parameter] = []
        for (name, value) in list.rfc9651Parameters {
            switch (name, value) {
            case ("created", .integer(let seconds)) where Self.times.contains(seconds):
                parameters.append(.created(seconds))
            case ("expires", .integer(let seconds)) where Self.times.contains(seconds):
                parameters.append(.expires(seconds))
            case ("nonce", .string(let nonce)): parameters.append(.nonce(nonce))
            case ("alg", .string(let name)): parameters.append(.algorithm(name))
            case ("keyid", .string(let keyID)): parameters.append(.keyID(keyID))
            case ("tag", .string(let tag)): parameters.append(.tag(tag))
            default: return nil
            }
        }
        self.init(components: components, parameters: parameters)
    }

    /// Seconds that are milliseconds without overflow.
    private static let times: ClosedRange<Int64> = 0...999_999_999_999

    private var innerList: InnerList {
        var values = OrderedMap<String, RFC9651BareItem>()
        for parameter in parameters {
            switch parameter {
            case .created(let seconds): values["created"] = .integer(seconds)
            case .expires(let seconds): values["expires"] = .integer(seconds)
            case .nonce(let nonce): values["nonce"] = .string(nonce)
            case .algorithm(let name): values["alg"] = .string(name)
            case .keyID(let keyID): values["keyid"] = .string(keyID)
            case .tag(let tag): values["tag"] = .string(tag)
            }
        }
        var items = BareInnerList()
        for component in components { items.append(component.item) }
        return InnerList(bareInnerList: items, parameters: values)
    }

    /// The member's value: what follows `"@signature-params": ` in the base and `label=` in the field.
    public func serialised() throws(SignatureBaseError) -> String {
        var serializer = StructuredFieldValueSerializer()
        do {
            return String(decoding: try serializer.writeListFieldValue([.innerList(innerList)]), as: UTF8.self)
        } catch {
            throw .parametersUnusable
        }
    }

    /// The bytes that are signed (RFC 9421 section 2.5).
    /// - Parameter types: of the fields that are covered with `sf`.
    public func base(
        for message: HTTPMessageComponents, types: [String: StructuredFieldType] = StructuredFieldType.known
    ) throws(SignatureBaseError) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        var seen: Set<ComponentIdentifier> = []
        for component in components {
            guard seen.insert(component).inserted else { throw .componentRepeated(component.name) }
            let value = try message.value(of: component, types: types)
            out.append(contentsOf: try Self.serialised(component))
            out.append(contentsOf: ": ".utf8)
            out.append(contentsOf: value.utf8)
            out.append(0x0A)
        }
        out.append(contentsOf: #""@signature-params": "#.utf8)
        out.append(contentsOf: try serialised().utf8)
        return out
    }

    private static func serialised(_ component: ComponentIdentifier) throws(SignatureBaseError) -> [UInt8] {
        var serializer = StructuredFieldValueSerializer()
        do { return try serializer.writeItemFieldValue(component.item) } catch {
            throw .componentUnknown(component.name)
        }
    }
}
