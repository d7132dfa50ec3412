import RawStructuredFieldValues

/// The type of a structured field, for the parameter `sf`.
public enum StructuredFieldType: Sendable, Hashable {
    case item, list, dictionary

    /// The fields of the signature and digest standards, which are all dictionaries.
    public static let known: [String: StructuredFieldType] = [
        "accept-signature": .dictionary, "content-digest": .dictionary, "repr-digest": .dictionary,
        "signature": .dictionary, "signature-input": .dictionary, "want-content-digest": .dictionary,
        "want-repr-digest": .dictionary,
    ]
}

extension HTTPMessageComponents {
    /// The component's value as it stands in the signature base.
    func value(
        of component: ComponentIdentifier, types: [String: StructuredFieldType]
    ) throws(SignatureBaseError) -> String {
        let message: HTTPMessageComponents
        if component.ofRequest {
            guard let relatedRequest else { throw .componentUnknown(component.name) }
            message = .request(relatedRequest)
        } else {
            message = self
        }
        let value =
            component.name.hasPrefix("@")
            ? try message.derivedValue(component) : try message.fieldValue(component, types: types)
        // A control character could end the line and begin another component's.
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
            throw .valueUnusable(component.name)
        }
        return value
    }

    private func derivedValue(_ component: ComponentIdentifier) throws(SignatureBaseError) -> String {
        switch self {
        case .response(let response):
            guard component.name == "@status", component.parameters.isEmpty else {
                throw .componentUnknown(component.name)
            }
            return String(response.status)
        case .request(let request):
            let others = component.parameters.filter { $0 != .req }
            if component.name == "@query-param", others.count == 1, let name = component.queryName {
                return try request.queryParameter(name)
            }
            guard others.isEmpty, let value = request.derivedValue(component.name) else {
                throw .componentUnknown(component.name)
            }
            return value
        }
    }

    private func fieldValue(
        _ component: ComponentIdentifier, types: [String: StructuredFieldType]
    ) throws(SignatureBaseError) -> String {
        guard let combined = fields.combined(component.name) else { throw .componentMissing(component.name) }
        let others = component.parameters.filter { $0 != .req }
        guard let parameter = others.first else { return combined }
        guard others.count == 1 else { throw .componentUnknown(component.name) }
        switch parameter {
        case .bs:
            return fields.values(component.name)
                .map { ":\(Base64.encode(HeaderFields.unfolded($0).utf8)):" }.joined(separator: ", ")
        case .key(let key): return try Self.member(key, of: combined, component.name)
        case .sf: return try Self.reserialised(combined, component.name, types)
        case .req, .name: throw .componentUnknown(component.name)
        }
    }

    private static func member(_ key: String, of field: String, _ name: String) throws(SignatureBaseError) -> String {
        let written: [UInt8]?
        do {
            var parser = StructuredFieldValueParser(Array(field.utf8))
            var serializer = StructuredFieldValueSerializer()
            written = try parser.parseDictionaryFieldValue()[key].map { try serializer.writeListFieldValue([$0]) }
        } catch {
            throw .valueUnusable(name)
        }
        guard let written else { throw .componentMissing(name) }
        return String(decoding: written, as: UTF8.self)
    }

    private static func reserialised(
        _ field: String, _ name: String, _ types: [String: StructuredFieldType]
    ) throws(SignatureBaseError) -> String {
        guard let type = types[name] else { throw .componentUnknown(name) }
        do {
            var parser = StructuredFieldValueParser(Array(field.utf8))
            var serializer = StructuredFieldValueSerializer()
            let written: [UInt8] =
                switch type {
                case .item: try serializer.writeItemFieldValue(parser.parseItemFieldValue())
                case .list: try serializer.writeListFieldValue(parser.parseListFieldValue())
                case .dictionary: try serializer.writeDictionaryFieldValue(parser.parseDictionaryFieldValue())
                }
            return String(decoding: written, as: UTF8.self)
        } catch {
            throw .valueUnusable(name)
        }
    }
}

extension HTTPRequestComponents {
    /// The values of RFC 9421 sections 2.2.1 to 2.2.7; nil for another name.
    func derivedValue(_ name: String) -> String? {
        switch name {
        case "@method": method
        case "@target-uri": url
        case "@authority": normalisedAuthority
        case "@scheme": scheme.lowercased()
        case "@request-target": target
        case "@path": path.isEmpty ? "/" : path
        case "@query": "?" + (query ?? "")
        default: nil
        }
    }

    /// In lower case and without the scheme's default port (RFC 9421 section 2.2.3).
    public var normalisedAuthority: String {
        let lower = authority.lowercased()
        let port = scheme.lowercased() == "http" ? ":80" : ":443"
        return lower.hasSuffix(port) ? String(lower.dropLast(port.count)) : lower
    }

    /// RFC 9421 section 2.2.8: decoded as a form and encoded again. A name that occurs twice has no one value.
    func queryParameter(_ name: String) throws(SignatureBaseError) -> String {
        let pairs = (query ?? "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (FormEncoding.normalised(parts[0]), FormEncoding.normalised(parts.count > 1 ? parts[1] : ""))
        }
        let values = pairs.filter { $0.0 == name }.map(\.1)
        guard let value = values.first else { throw .componentMissing("@query-param") }
        guard values.count == 1 else { throw .valueUnusable("@query-param") }
        return value
    }
}
