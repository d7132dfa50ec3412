import NIOSSL
import Synchronization

/// The TLS context for new connections of one listener. A reload swaps certificate, key and trust roots together; open
/// connections live on with the old ones.
public final class TLSContexts: Sendable {
    private let state: Mutex<NIOSSLContext>

    /// - Throws: ``GatewayError`` `file` when certificate, key or authority cannot be used.
    public init(_ files: GatewayConfiguration.Listener) throws {
        state = Mutex(try Self.context(files))
    }

    var current: NIOSSLContext { state.withLock { $0 } }

    /// Reads files anew, for ``use(_:)``: so that several listeners change together or none does.
    /// - Throws: ``GatewayError`` `file` when they cannot be used.
    static func prepare(_ files: GatewayConfiguration.Listener) throws -> NIOSSLContext { try context(files) }

    func use(_ fresh: NIOSSLContext) { state.withLock { $0 = fresh } }

    private static func context(_ files: GatewayConfiguration.Listener) throws -> NIOSSLContext {
        do {
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
            tls.minimumTLSVersion = .tlsv13
            tls.applicationProtocols = ["http/1.1"]
            tls.shutdownTimeout = .seconds(1)
            if let ca = files.clientCA {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(ca))
                // On a server this asks for a certificate, requires one, and verifies its chain; or takes a client without.
                tls.certificateVerification =
                    files.asksOnly ? .optionalVerification : .noHostnameVerification
            }
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw GatewayError(
                .file, "TLS files of the listener on port \(files.port) cannot be used: \(error)",
                remedy: "check \(files.certificate), \(files.key) and \(files.clientCA ?? "-")")
        }
    }
}
