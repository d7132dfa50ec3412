import Crypto
import Foundation
import Gateway
import SwiftASN1
import X509

/// A certificate authority for trying things out and for tests: a real one signs the certificates of a real province.
struct DevelopmentCA {
    private let key: Certificate.PrivateKey
    private let certificate: Certificate

    /// Days that its certificates are valid.
    static let validDays = 825

    /// Takes the authority in the folder (`ca.pem`, `ca.key`), or makes it there.
    init(folder: String) throws {
        let (certificatePath, keyPath) = ("\(folder)/ca.pem", "\(folder)/ca.key")
        if let pem = FileManager.default.contents(atPath: certificatePath),
            let secret = FileManager.default.contents(atPath: keyPath)
        {
            certificate = try Certificate(pemEncoded: String(decoding: pem, as: UTF8.self))
            key = try Certificate.PrivateKey(pemEncoded: String(decoding: secret, as: UTF8.self))
            return
        }
        try Files.makeFolder(folder)
        let secret = P256.Signing.PrivateKey()
        let issuer = Certificate.PrivateKey(secret)
        let name = try DistinguishedName {
            OrganizationName("Yizhan development")
            CommonName("Yizhan development CA")
        }
        let made = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: issuer.publicKey, notValidBefore: Date() - 3_600,
            notValidAfter: Date() + 3_650 * 86_400, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: issuer.publicKey)
            }, issuerPrivateKey: issuer)
        (key, certificate) = (issuer, made)
        try Files.write(Self.lines(try made.serializeAsPEM().pemString), to: certificatePath, mode: 0o644)
        try Files.write(Self.lines(secret.pemRepresentation), to: keyPath)
    }

    var pem: Data { get throws { Self.lines(try certificate.serializeAsPEM().pemString) } }

    /// PEM whose last line ends, so that files can be put one behind the other.
    static func lines(_ pem: String) -> Data { Data((pem.hasSuffix("\n") ? pem : pem + "\n").utf8) }

    /// Issues a certificate named by a URI, good for both ends of a connection, and writes `NAME.pem` and `NAME.key`.
    func issue(_ urn: String, to path: String, hosts: [String] = []) throws {
        let secret = P256.Signing.PrivateKey()
        let leafKey = Certificate.PrivateKey(secret)
        let names =
            [GeneralName.uniformResourceIdentifier(urn)] + hosts.map { GeneralName.dnsName($0) }
            + [.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))]
        let leaf = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: leafKey.publicKey, notValidBefore: Date() - 3_600,
            notValidAfter: Date() + Double(Self.validDays) * 86_400, issuer: certificate.subject,
            subject: try DistinguishedName { CommonName(urn) }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth, .clientAuth])
                SubjectAlternativeNames(names)
                AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
            }, issuerPrivateKey: key)
        try Files.write(Self.lines(try leaf.serializeAsPEM().pemString), to: path + ".pem", mode: 0o644)
        try Files.write(Self.lines(secret.pemRepresentation), to: path + ".key")
    }
}
