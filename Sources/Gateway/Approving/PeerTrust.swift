import AuditLog
import Exchange
import Foundation
import Interchange
import NIOSSL
import Store

/// What of a peer two persons approve: where it answers, which authority its certificates come from, with which keys it signs, and
/// which audit log is its own. Who opens the connection (`mode`) is a matter of reach, not of trust, so one person may change it.
public struct PeerTrust: Sendable, Hashable {
    public let province: Province
    public var address: PeerAddress
    /// PEM.
    public var authorities: [UInt8]
    public var keys: [KeyTrust]
    /// Origin and key of its audit log; nil when it is not witnessed.
    public var audit: NoteVerifierKey?
    /// Digests of the authorities' certificates, in order: the same for files that differ in layout.
    let authorityDigests: [String]

    /// - Throws: ``GatewayError`` `file` when the authorities are no certificates.
    public init(
        province: Province, address: PeerAddress, authorities: [UInt8], keys: [KeyTrust], audit: NoteVerifierKey? = nil
    ) throws {
        guard let digests = Self.digests(authorities) else {
            throw GatewayError(
                .file, "the authority of \(province) holds no certificates",
                remedy: "name the PEM file of the peer's authority with `ca`")
        }
        self.province = province
        self.address = address
        self.authorities = authorities
        self.keys = keys
        self.audit = audit
        authorityDigests = digests
    }

    /// - Throws: ``GatewayError`` `file` when the authority's file cannot be read or holds no certificates.
    init(_ peer: GatewayConfiguration.Peer) throws {
        guard let data = peer.authorities.map({ Data($0) }) ?? FileManager.default.contents(atPath: peer.ca) else {
            throw GatewayError(.file, "\(peer.ca) cannot be read", remedy: "check the path in the configuration")
        }
        try self.init(
            province: peer.province, address: peer.address, authorities: [UInt8](data),
            keys: peer.keys.entries.map { KeyTrust(owner: peer.province, key: $0.key, validity: $0.validity) },
            audit: peer.audit)
    }

    /// Nil when the approval is of something else.
    init?(_ approved: Approvable) {
        guard case .peer(let province) = approved.subject,
            let content = try? JSONDecoder().decode(PeerContent.self, from: Data(approved.content)),
            let address = PeerAddress(content.url), let digests = Self.digests(Array(content.ca.utf8))
        else { return nil }
        self.province = province
        self.address = address
        authorities = Array(content.ca.utf8)
        authorityDigests = digests
        keys = content.keys.compactMap { KeyTrust(owner: province, $0) }
        audit = content.audit.flatMap { try? NoteVerifierKey(parsing: $0) }
    }

    private static func digests(_ pem: [UInt8]) -> [String]? {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty,
            let encoded = try? certificates.map({ try $0.toDERBytes() })
        else { return nil }
        return encoded.map { Digest256(hashing: $0).base64 }.sorted()
    }

    public var subject: ChangeSubject { .peer(province) }

    var normalForm: String {
        "peer \(province)\nurl \(address)\n" + authorityDigests.map { "ca \($0)\n" }.joined()
            + keys.map(\.line).sorted().joined() + (audit.map { "audit \($0)\n" } ?? "")
    }

    public var approvable: Approvable {
        let content = PeerContent(
            url: address.description, ca: String(decoding: authorities, as: UTF8.self), keys: keys.map(KeyContent.init),
            audit: audit?.description)
        return Approvable(subject, form: normalForm, content: ApprovedContent.encode(content))
    }

    /// Whether everything but the signing keys is the same.
    func isSamePlace(as other: PeerTrust) -> Bool {
        address == other.address && authorityDigests == other.authorityDigests
            && audit == other.audit
    }
}

/// A peer as an approval keeps it.
private struct PeerContent: Codable {
    var url, ca: String
    var keys: [KeyContent]
    /// `name+hash+base64`
    var audit: String?
}
