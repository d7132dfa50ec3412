/// Why there is no signature base (RFC 9421 section 2.5). Whatever it is, the signature does not verify.
public enum SignatureBaseError: Error, Sendable, Hashable, CustomStringConvertible {
    case componentUnknown(String)
    case componentMissing(String)
    case componentRepeated(String)
    /// The component is there but its value cannot be signed.
    case valueUnusable(String)
    case parametersUnusable

    public var description: String {
        switch self {
        case .componentUnknown(let name): "The covered component \(name) is not known."
        case .componentMissing(let name): "The covered component \(name) is not in the message."
        case .componentRepeated(let name): "The component \(name) is covered twice."
        case .valueUnusable(let name): "The value of the covered component \(name) cannot be signed."
        case .parametersUnusable: "The signature's parameters cannot be serialised."
        }
    }
}
