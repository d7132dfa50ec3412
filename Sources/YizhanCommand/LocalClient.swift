import Exchange
import Foundation
import Gateway

/// Talks to a listener of a running gateway with a certificate of a source or a bureau.
struct LocalClient {
    private let client: CurlClient
    private let base: String

    /// - Parameter identity: path of certificate and key, without `.pem` and `.key`.
    init(listener: GatewayConfiguration.Listener, identity: String, authority: String? = nil) throws {
        func read(_ path: String) throws -> [UInt8] {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw GatewayError(.file, "\(path) cannot be read", remedy: "name the certificate with --identity")
            }
            return [UInt8](data)
        }
        client = try CurlClient(
            TransportCredentials(
                authorities: try read(listener.clientCA ?? listener.certificate),
                certificate: try read(identity + ".pem"),
                privateKey: try read(identity + ".key")))
        base = "https://\(authority ?? "localhost:\(listener.port)")"
    }

    /// - Throws: ``GatewayError`` `unreachable` when nobody answers.
    func post(
        _ target: String, _ content: [UInt8], contentType: String, timeout: Duration = .seconds(30)
    ) async throws -> TransportResponse {
        let request = TransportRequest(
            method: "POST", url: base + target, fields: ["content-type": contentType], content: content,
            limits: TransportLimits(total: timeout, stall: timeout))
        do {
            return try await client.send(request)
        } catch {
            throw GatewayError(
                .unreachable, "the gateway at \(base) does not answer: \(error.message)",
                remedy: "start it with `yizhan serve`, or check the port and the certificate")
        }
    }
}

extension TransportResponse {
    /// What the gateway said instead of an answer.
    var failure: RefusedByGateway {
        let problem = ProblemDetails(decoding: content, status: status)
        return RefusedByGateway(
            status: status, code: problem?.code ?? "", detail: problem?.detail ?? "it gave no reason")
    }
}

struct RefusedByGateway: Error, CustomStringConvertible {
    var status: Int
    var code: String
    var detail: String

    var description: String { "the gateway refused: \(code) (\(status)): \(detail)" }
}
