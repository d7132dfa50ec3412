import Interchange
import JSONTape

extension Capabilities {
    /// The largest content that is read, in bytes.
    public static let maximumBytes = 1 << 20
    /// The most members of each list that are read.
    public static let maximumMembers = 256

    /// One JSON object without space. A key is its JWK with `kid`, `from` and, when it is set, `until`.
    public func encoded() -> [UInt8] {
        var out: [UInt8] = []
        out.append(text: #"{"interchange":"#)
        out.append(strings: interchange)
        out.append(text: #","encodings":"#)
        out.append(strings: encodings)
        out.append(text: #","limits":{"envelopes":\#(limits.envelopes),"bytes":\#(limits.bytes)},"keys":["#)
        for (place, entry) in keys.enumerated() {
            if place > 0 { out.append(0x2C) }
            out.append(key: entry)
        }
        out.append(text: #"],"knownKeys":"#)
        out.append(strings: knownKeys)
        out.append(text: #","audit":{"origin":"#)
        out.append(jsonString: audit.origin)
        out.append(text: #","key":"#)
        out.append(jsonString: audit.key)
        out.append(text: #"},"checkpoints":{"#)
        for (place, (origin, note)) in checkpoints.sorted(by: { $0.key < $1.key }).enumerated() {
            if place > 0 { out.append(0x2C) }
            out.append(jsonString: origin)
            out.append(0x3A)
            out.append(jsonString: note)
        }
        out.append(text: "}}")
        return out
    }

    /// Reads capabilities. Members that this version does not know are passed over, keys of other algorithms too; what it
    /// knows must be of its form.
    /// - Throws: ``CapabilitiesError`` with the name of the member.
    public init(decoding content: [UInt8]) throws(CapabilitiesError) {
        guard content.count <= Self.maximumBytes else { throw CapabilitiesError(member: "size") }
        do {
            self = try JSONParser().parse(content) { try Capabilities($0) }
        } catch let error as CapabilitiesError {
            throw error
        } catch {
            throw CapabilitiesError(member: "syntax")
        }
    }

    private init(_ root: JSONView) throws(CapabilitiesError) {
        guard root.kind == .object else { throw CapabilitiesError(member: "syntax") }
        let limits = try root.object("limits")
        let audit = try root.object("audit")
        self.init(
            interchange: try root.strings("interchange"), encodings: try root.strings("encodings"),
            limits: Limits(envelopes: try limits.count("envelopes"), bytes: try limits.count("bytes")),
            keys: try Self.keys(of: root), knownKeys: try root.strings("knownKeys"),
            audit: Log(origin: try audit.text("origin"), key: try audit.text("key")),
            checkpoints: try Self.checkpoints(of: root))
    }

    private static func keys(of root: JSONView) throws(CapabilitiesError) -> [KeyRing.Entry] {
        guard let list = root["keys"], list.kind == .array, list.count <= maximumMembers else {
            throw CapabilitiesError(member: "keys")
        }
        var found: [KeyRing.Entry] = []
        list.forEachElement { element in
            guard let jwk = JWK(element), let material = try? jwk.publicKey() else { return }
            let from = element["from"]?.string.flatMap { Instant($0) } ?? Instant(milliseconds: 0)
            let until = element["until"]?.string.flatMap { Instant($0) }
            found.append(KeyRing.Entry(VerificationKey(material), KeyValidity(from: from, until: until)))
        }
        return found
    }

    private static func checkpoints(of root: JSONView) throws(CapabilitiesError) -> [String: String] {
        guard let object = root["checkpoints"] else { return [:] }
        guard object.kind == .object, object.count <= maximumMembers else {
            throw CapabilitiesError(member: "checkpoints")
        }
        var found: [String: String] = [:]
        object.forEachMember { name, value in
            if let origin = name.string, let note = value.string { found[origin] = note }
        }
        return found
    }
}

/// Which member of capabilities is missing or not of its form.
public struct CapabilitiesError: Error, Sendable, Hashable, CustomStringConvertible {
    public let member: String
    public var description: String { "The capabilities cannot be read at \(member)." }
}

extension JSONView {
    fileprivate func object(_ name: String) throws(CapabilitiesError) -> JSONView {
        guard let found = self[member: name], found.kind == .object else { throw CapabilitiesError(member: name) }
        return found
    }

    fileprivate func text(_ name: String) throws(CapabilitiesError) -> String {
        guard let found = self[member: name]?.string else { throw CapabilitiesError(member: name) }
        return found
    }

    fileprivate func count(_ name: String) throws(CapabilitiesError) -> Int {
        guard let found = self[member: name]?.integer, found >= 1 else { throw CapabilitiesError(member: name) }
        return found
    }

    fileprivate func strings(_ name: String) throws(CapabilitiesError) -> [String] {
        guard let list = self[member: name], list.kind == .array, list.count <= Capabilities.maximumMembers else {
            throw CapabilitiesError(member: name)
        }
        var found: [String] = []
        list.forEachElement { element in element.string.map { found.append($0) } }
        return found
    }
}

extension [UInt8] {
    fileprivate mutating func append(text: String) { append(contentsOf: text.utf8) }

    fileprivate mutating func append(strings: [String]) {
        append(0x5B)
        for (place, string) in strings.enumerated() {
            if place > 0 { append(0x2C) }
            append(jsonString: string)
        }
        append(0x5D)
    }

    /// A JWK with what RFC 7517 calls its id and with its validity.
    fileprivate mutating func append(key entry: KeyRing.Entry) {
        append(text: String(entry.key.jwk.dropLast()))
        append(text: #","kid":"\#(entry.key.keyID)","from":""#)
        entry.validity.from.append(to: &self)
        append(text: "\"")
        if let until = entry.validity.until {
            append(text: #","until":""#)
            until.append(to: &self)
            append(text: "\"")
        }
        append(0x7D)
    }
}
