import AuditLog
import Exchange
import Foundation
import Interchange
import Store

/// A signing key and its time, as two persons approve it.
public struct KeyTrust: Sendable, Hashable {
    public let owner: Province
    public let key: VerificationKey
    public var validity: KeyValidity

    public init(owner: Province, key: VerificationKey, validity: KeyValidity) {
        self.owner = owner
        self.key = key
        self.validity = validity
    }

    public var subject: ChangeSubject { .key(owner, id: key.keyID) }

    /// What a person approves.
    public var digest: Digest256 { approvable.digest }

    /// One line of a normal form.
    var line: String {
        "key \(key.keyID) from \(validity.from) until \(validity.until.map(\.description) ?? "-")\n"
    }

    public var approvable: Approvable {
        Approvable(subject, form: "province \(owner)\n\(line)", content: KeyContent(self).bytes)
    }

    /// Nil when the approval is of something else.
    init?(_ approved: Approvable) {
        guard case .key(let owner, _) = approved.subject,
            let content = try? JSONDecoder().decode(KeyContent.self, from: Data(approved.content))
        else { return nil }
        self.init(owner: owner, content)
    }

    init?(owner: Province, _ content: KeyContent) {
        guard let key = try? VerificationKey(content.jwk) else { return nil }
        self.init(
            owner: owner, key: key,
            validity: KeyValidity(
                from: Instant(milliseconds: content.from), until: content.until.map(Instant.init(milliseconds:))))
    }
}

/// A key as an approval keeps it.
struct KeyContent: Codable {
    var jwk: String
    /// Milliseconds since 1970.
    var from: Int64
    var until: Int64?

    init(_ terms: KeyTrust) {
        jwk = terms.key.jwk
        from = terms.validity.from.milliseconds
        until = terms.validity.until?.milliseconds
    }

    var bytes: [UInt8] { ApprovedContent.encode(self) }
}

extension KeyValidity {
    /// Whether the other is in force at no time at which this one is not.
    func contains(_ other: KeyValidity) -> Bool { intersection(other) == other }

    /// The time that both allow.
    func intersection(_ other: KeyValidity) -> KeyValidity {
        KeyValidity(from: max(from, other.from), until: [until, other.until].compactMap(\.self).min())
    }
}
