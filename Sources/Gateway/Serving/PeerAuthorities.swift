import Foundation
import Interchange
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// The authority that each peer's certificates come from, `peers[].ca`. The listener's own trust roots say who may connect at
/// all; this says that a peer's certificate is by that peer's authority and not by another's.
public final class PeerAuthorities: Sendable {
    private struct Roots: Sendable {
        var ofPeers: [Province: [Certificate]] = [:]
        /// Of the listener: they may stand between a certificate and its root.
        var others: [Certificate] = []
    }

    private let files: [Province: String]
    private let bundle: String?
    private let roots: Mutex<Roots>

    /// - Throws: ``GatewayError`` `file` when an authority cannot be read.
    public init(peers: [GatewayConfiguration.Peer], listener: GatewayConfiguration.Listener) throws {
        files = Dictionary(uniqueKeysWithValues: peers.map { ($0.province, $0.ca) })
        bundle = listener.clientCA
        roots = Mutex(try Self.read(files, bundle))
    }

    /// Reads the files anew. When one cannot be used the old ones stay in force.
    public func reload() throws {
        let fresh = try Self.read(files, bundle)
        roots.withLock { $0 = fresh }
    }

    /// Whether a certificate that the listener verified may stand for this identity. Always, but for a configured peer's.
    func vouch(for certificate: NIOSSLCertificate, as identity: CertificateIdentity) async -> Bool {
        let roots = roots.withLock { $0 }
        guard case .province(let peer) = identity, let own = roots.ofPeers[peer] else { return true }
        guard let leaf = try? Certificate(derEncoded: try certificate.toDERBytes()) else { return false }
        var verifier = Verifier(rootCertificates: CertificateStore(own)) { RFC5280Policy() }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(roots.others))
        if case .validCertificate = result { return true }
        return false
    }

    private static func read(_ files: [Province: String], _ bundle: String?) throws -> Roots {
        Roots(
            ofPeers: try files.mapValues { try certificates($0) }, others: try bundle.map { try certificates($0) } ?? []
        )
    }

    private static func certificates(_ path: String) throws -> [Certificate] {
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let found = try PEMDocument.parseMultiple(pemString: text).map { try Certificate(pemDocument: $0) }
            guard !found.isEmpty else { throw CocoaError(.fileReadCorruptFile) }
            return found
        } catch {
            throw GatewayError(
                .file, "the authority \(path) cannot be used: \(error)", remedy: "give a PEM file of certificates")
        }
    }
}
