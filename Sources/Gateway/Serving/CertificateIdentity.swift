import Interchange
import NIOSSL
import X509

/// Who a connected client is, by the URI in its verified certificate.
public enum CertificateIdentity: Sendable, Hashable {
    /// `urn:yizhan:province:<2 digits>`
    case province(Province)
    /// `urn:yizhan:bureau:<province>:<id>`
    case bureau(Province, id: String)
    /// `urn:yizhan:source:<province>:<id>`
    case source(Province, id: String)
    /// `urn:yizhan:operator:<province>:<name>`
    case `operator`(Province, id: String)
    /// `urn:yizhan:auditor:<province>:<name>`: reads and verifies the audit log, and cannot operate.
    case auditor(Province, name: String)
    /// `urn:yizhan:portal:<province>`: the citizen portal.
    case portal(Province)
    /// `urn:yizhan:supervisor:<province>:<name>`
    case supervisor(Province, id: String)

    /// Bound for the life of a connection; requests on it inherit it.
    @TaskLocal static var current: CertificateIdentity?

    /// Nil when the text is none of the names above.
    public init?(uri: String) {
        let parts = uri.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "urn", parts[1] == "yizhan", let province = Province(parts[3]) else {
            return nil
        }
        switch (parts[2], parts.count) {
        case ("province", 4): self = .province(province)
        case ("bureau", 5) where !parts[4].isEmpty: self = .bureau(province, id: String(parts[4]))
        case ("source", 5) where !parts[4].isEmpty: self = .source(province, id: String(parts[4]))
        case ("operator", 5) where !parts[4].isEmpty: self = .operator(province, id: String(parts[4]))
        case ("auditor", 5) where !parts[4].isEmpty: self = .auditor(province, name: String(parts[4]))
        case ("portal", 4): self = .portal(province)
        case ("supervisor", 5) where !parts[4].isEmpty: self = .supervisor(province, id: String(parts[4]))
        default: return nil
        }
    }

    /// The identity of a certificate that has exactly one such name.
    init?(_ certificate: NIOSSLCertificate) {
        guard let der = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: der) else {
            return nil
        }
        self.init(parsed)
    }

    /// As the other.
    init?(_ certificate: Certificate) {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return nil }
        let identities = names.compactMap { name -> CertificateIdentity? in
            if case .uniformResourceIdentifier(let uri) = name { CertificateIdentity(uri: uri) } else { nil }
        }
        guard identities.count == 1 else { return nil }
        self = identities[0]
    }

    /// The name as it stands in the certificate and in the audit log.
    public var urn: String {
        switch self {
        case .province(let province): "urn:yizhan:province:\(province)"
        case .bureau(let province, let id): "urn:yizhan:bureau:" + province.description + ":" + id
        case .source(let province, let id): "urn:yizhan:source:\(province):\(id)"
        case .operator(let province, let id): "urn:yizhan:operator:\(province):\(id)"
        case .auditor(let province, let name): "urn:yizhan:auditor:\(province):\(name)"
        case .portal(let province): "urn:yizhan:portal:\(province)"
        case .supervisor(let province, let id): "urn:yizhan:supervisor:\(province):\(id)"
        }
    }
}
