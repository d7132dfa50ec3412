import Foundation
import Interchange
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// The authority that each peer's certificates come from, `peers[].ca`, and the one that this province's own come from. The
/// listener's own trust roots say who may connect at all, and every peer's authority is among them; this says that a peer's
/// certificate is by that peer's authority and not by another's, and an auditor's by ours and not by a peer's.
public final class PeerAuthorities: Sendable {
    /// Those of one configuration, read.
    struct Roots: Sendable {
        fileprivate var ofPeers: [Province: [Certificate]]
        /// Of this province: they name its auditors.
        fileprivate var own: [Certificate]
        /// Of the listener: they may stand between a certificate and its root.
        fileprivate var others: [Certificate]

        /// - Throws: ``GatewayError`` `file` when an authority cannot be used.
        init(_ configuration: GatewayConfiguration) throws {
            ofPeers = try Dictionary(
                configuration.peers.map { peer in (peer.province, try Self.certificates(of: peer)) },
                uniquingKeysWith: { $1 })
            others = try configuration.exchange.clientCA.map { try Self.certificates($0) } ?? []
            own = try Self.own(configuration, except: Set(ofPeers.values.joined()))
        }

        /// The authorities of operators and auditors. One that is a peer's too counts only when it signed our own certificate,
        /// as a common authority did: a file of all authorities does not make a peer's into ours.
        private static func own(
            _ configuration: GatewayConfiguration, except peers: Set<Certificate>
        ) throws -> [Certificate] {
            guard let file = configuration.operations.clientCA ?? configuration.local.clientCA else { return [] }
            let chain = try certificates(configuration.exchange.certificate)
            return try certificates(file).filter { authority in
                !peers.contains(authority)
                    || chain.contains { authority.publicKey.isValidSignature($0.signature, for: $0) }
            }
        }

        /// What two persons approved, where approvals were looked at.
        private static func certificates(of peer: GatewayConfiguration.Peer) throws -> [Certificate] {
            try certificates(peer.ca, peer.authorities ?? read(peer.ca))
        }
    }

    private let roots: Mutex<Roots?>

    /// Nobody's, until ``use(_:)``: before that no certificate vouches for anybody.
    public init() { roots = Mutex(nil) }

    /// For connections from now on.
    func use(_ fresh: Roots) { roots.withLock { $0 = fresh } }

    /// Whether a certificate that the listener verified may stand for this identity: a configured peer's by its own authority,
    /// everybody else's by ours. A province that is no peer may be named: no route takes it.
    func vouch(for certificate: NIOSSLCertificate, as identity: CertificateIdentity) async -> Bool {
        guard let roots = roots.withLock({ $0 }) else { return false }
        var own = roots.own
        if case .province(let peer) = identity {
            guard let pinned = roots.ofPeers[peer] else { return true }
            own = pinned
        }
        guard let leaf = try? Certificate(derEncoded: try certificate.toDERBytes()) else { return false }
        var verifier = Verifier(rootCertificates: CertificateStore(own)) { RFC5280Policy() }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(roots.others))
        if case .validCertificate = result { return true }
        return false
    }
}

extension PeerAuthorities.Roots {
    private static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw GatewayError(.file, "\(path) cannot be read", remedy: "check the path in the configuration")
        }
        return [UInt8](data)
    }

    private static func certificates(_ path: String) throws -> [Certificate] { try certificates(path, read(path)) }

    private static func certificates(_ path: String, _ pem: [UInt8]) throws -> [Certificate] {
        do {
            let text = String(decoding: pem, as: UTF8.self)
            let found = try PEMDocument.parseMultiple(pemString: text)
                .filter { $0.discriminator == Certificate.defaultPEMDiscriminator }
                .map { try Certificate(pemDocument: $0) }
            guard !found.isEmpty else { throw CocoaError(.fileReadCorruptFile) }
            return found
        } catch {
            throw GatewayError(
                .file, "the authority \(path) cannot be used: \(error)", remedy: "give a PEM file of certificates")
        }
    }
}
