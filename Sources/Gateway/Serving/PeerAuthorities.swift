import Foundation
import Interchange
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// The authority that each peer's certificates come from, `peers[].ca`. The listener's own trust roots say who may connect at
/// all; this says that a peer's certificate is by that peer's authority and not by another's.
public final class PeerAuthorities: Sendable {
    /// Those of one configuration, read.
    struct Roots: Sendable {
        fileprivate var ofPeers: [Province: [Certificate]]
        /// Of the listener: they may stand between a certificate and its root.
        fileprivate var others: [Certificate]

        /// - Throws: ``GatewayError`` `file` when an authority cannot be used.
        init(peers: [GatewayConfiguration.Peer], listener: GatewayConfiguration.Listener) throws {
            ofPeers = try Dictionary(
                peers.map { peer in (peer.province, try Self.certificates(of: peer)) }, uniquingKeysWith: { $1 })
            others = try listener.clientCA.map { try Self.certificates($0, Self.read($0)) } ?? []
        }

        /// What two persons approved, where approvals were looked at.
        private static func certificates(of peer: GatewayConfiguration.Peer) throws -> [Certificate] {
            try certificates(peer.ca, peer.authorities ?? read(peer.ca))
        }
    }

    private let roots: Mutex<Roots?>

    /// Nobody's, until ``use(_:)``: then no certificate vouches for a province.
    public init() { roots = Mutex(nil) }

    /// For connections from now on.
    func use(_ fresh: Roots) { roots.withLock { $0 = fresh } }

    /// Whether a certificate that the listener verified may stand for this identity. Always, but for a configured peer's.
    func vouch(for certificate: NIOSSLCertificate, as identity: CertificateIdentity) async -> Bool {
        guard case .province(let peer) = identity else { return true }
        guard let roots = roots.withLock({ $0 }) else { return false }
        guard let own = roots.ofPeers[peer] else { return true }
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

    private static func certificates(_ path: String, _ pem: [UInt8]) throws -> [Certificate] {
        do {
            let text = String(decoding: pem, as: UTF8.self)
            let found = try PEMDocument.parseMultiple(pemString: text).map { try Certificate(pemDocument: $0) }
            guard !found.isEmpty else { throw CocoaError(.fileReadCorruptFile) }
            return found
        } catch {
            throw GatewayError(
                .file, "the authority \(path) cannot be used: \(error)", remedy: "give a PEM file of certificates")
        }
    }
}
