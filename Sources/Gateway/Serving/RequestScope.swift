import Exchange
import HTTPTypes
import Hummingbird
import NIOCore

/// What every handler is given: Hummingbird's own, and who asks.
struct RequestScope: RequestContext {
    var coreContext: CoreRequestContextStorage
    let identity: CertificateIdentity?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        identity = CertificateIdentity.current
    }
}

extension Request {
    /// The message as signatures see it.
    var components: HTTPRequestComponents {
        HTTPRequestComponents(
            method: method.rawValue, authority: head.authority ?? "", target: head.path ?? "/",
            fields: HeaderFields(headers.map { ($0.name.canonicalName, $0.value) }))
    }
}

extension SignedAnswer {
    var response: Response {
        var headers = HTTPFields()
        for line in fields.lines {
            guard let name = HTTPField.Name(line.name) else { continue }
            headers.append(HTTPField(name: name, value: line.value))
        }
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: content)))
    }
}

extension Response {
    /// Problem details (RFC 9457) on listeners whose answers rest on TLS alone.
    static func problem(_ status: HTTPResponse.Status, code: String, detail: String) -> Response {
        problem(ProblemDetails(status: status.code, code: code, title: status.reasonPhrase, detail: detail))
    }

    static func problem(_ problem: ProblemDetails) -> Response {
        Response(
            status: .init(code: problem.status), headers: [.contentType: ProblemDetails.contentType],
            body: .init(byteBuffer: ByteBuffer(bytes: problem.encoded())))
    }

    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
