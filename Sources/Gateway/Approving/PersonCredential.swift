import AuditLog
import Foundation
import Interchange
import X509

/// A person who acts while no gateway runs that could ask for the certificate: shown by a certificate of the operations
/// listener's authority, and by having its private key.
public struct PersonCredential: Sendable {
    public let actor: AuditActor

    /// - Parameter identity: path of an operator's certificate and key, without `.pem` and `.key`.
    /// - Throws: ``GatewayError``: `file` for what cannot be read; `mistakes` for a certificate that is not an operator's of this
    ///   province, is out of its time, comes from another authority, or has another key.
    public init(_ identity: String, of configuration: GatewayConfiguration) async throws {
        let certificate = try Self.read(identity + ".pem") { try Certificate(pemEncoded: $0) }
        let key = try Self.read(identity + ".key") { try Certificate.PrivateKey(pemEncoded: $0) }
        guard let person = CertificateIdentity(certificate), case .operator(configuration.province, _) = person else {
            throw Self.unfit(identity, "names no operator of this province")
        }
        guard key.publicKey == certificate.publicKey else { throw Self.unfit(identity, "has another key") }
        guard let authority = configuration.operations.clientCA else {
            throw GatewayError(
                .mistakes, "no authority vouches for operators",
                remedy: "set `listeners.operations.clientCA` in the configuration")
        }
        let roots = try Self.read(authority) { try Certificate.roots(pemEncoded: $0) }
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) { RFC5280Policy() }
        guard case .validCertificate = await verifier.validate(leaf: certificate, intermediates: CertificateStore([]))
        else { throw Self.unfit(identity, "is out of its time, or another authority's than \(authority)") }
        actor = AuditActor(organisation: person.urn)
    }

    private static func unfit(_ identity: String, _ why: String) -> GatewayError {
        GatewayError(
            .mistakes, "the certificate \(identity).pem \(why)",
            remedy: "give an operator's with --identity, such as tls/operator-op1")
    }

    private static func read<Value>(_ path: String, _ parse: (String) throws -> Value) throws -> Value {
        guard let data = FileManager.default.contents(atPath: path),
            let value = try? parse(String(decoding: data, as: UTF8.self))
        else {
            throw GatewayError(
                .file, "\(path) cannot be read", remedy: "name the certificate and its key with --identity")
        }
        return value
    }
}

extension Certificate {
    /// Every certificate of a PEM file.
    fileprivate static func roots(pemEncoded text: String) throws -> [Certificate] {
        let end = "-----END CERTIFICATE-----"
        return try text.components(separatedBy: end).filter { $0.contains("-----BEGIN CERTIFICATE-----") }
            .map { try Certificate(pemEncoded: $0 + end + "\n") }
    }
}
