import Interchange

/// A signed message of a reconciliation, ready to go.
public struct ReconciliationRequest: Sendable {
    /// With the signature.
    public let components: HTTPRequestComponents
    public let content: [UInt8]

    /// For the transport.
    public func transportRequest(limits: TransportLimits) -> TransportRequest {
        TransportRequest(
            method: components.method, url: components.url, fields: components.fields, content: content, limits: limits)
    }
}

/// Why an answer carries the reconciliation no further.
public enum ReconciliationFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The peer said so under its signature.
    case refused(ProblemDetails)
    /// Nobody knows who said it.
    case unverified(status: Int, reason: String)
    /// It verifies, and is not an answer to what was asked.
    case misfit(String)

    public var description: String {
        switch self {
        case .refused(let problem): "the peer refuses: \(problem.status) \(problem.code) \(problem.detail)"
        case .unverified(let status, let reason): "an answer with status \(status) does not verify: \(reason)"
        case .misfit(let reason): "the peer's answer does not fit: \(reason)"
        }
    }
}

/// Composes questions of a reconciliation and judges their answers. It does no I/O.
public struct ReconciliationCaller: Sendable {
    public let province: Province
    private let signer: MessageSigner

    public init(province: Province, signer: MessageSigner) {
        self.province = province
        self.signer = signer
    }

    /// - Throws: `SignatureBaseError` or `KeyError`; neither for an address that was made here.
    public func request(
        _ step: ReconciliationStep, of peer: Province, at address: PeerAddress
    ) throws -> ReconciliationRequest {
        let content = ReconciliationMessage(from: province, to: peer, step: step).encoded()
        let fields: HeaderFields = [
            "content-type": ReconciliationMessage.contentType,
            "content-digest": ContentDigest(of: content).description,
        ]
        let request = HTTPRequestComponents(
            method: "POST", authority: address.authority, path: address.path(ExchangePath.reconciliation),
            fields: fields)
        return ReconciliationRequest(
            components: try signer.sign(request, hasContent: true, as: .request), content: content)
    }

    /// The step that a verified answer of the peer takes.
    /// - Parameter keys: the peer's.
    public func judge(
        _ response: TransportResponse, to request: ReconciliationRequest, keys: KeyRing, now: Instant
    ) throws(ReconciliationFailure) -> ReconciliationStep {
        let components = HTTPResponseComponents(
            status: response.status, fields: response.fields, answering: request.components)
        do {
            _ = try MessageVerifier(tag: .response, now: now).verify(
                .response(components), hasContent: !response.content.isEmpty
            ) { (keyID, created) throws(WireError) in try keys.key(keyID, signedAt: created) }
            _ = try response.fields.checkDigest(of: response.content)
        } catch {
            throw .unverified(status: response.status, reason: error.description)
        }
        guard response.status == 200 else {
            throw .refused(
                ProblemDetails(decoding: response.content, status: response.status)
                    ?? ProblemDetails(status: response.status, code: "", title: "", detail: ""))
        }
        let message: ReconciliationMessage
        do { message = try ReconciliationMessage(decoding: response.content) } catch {
            throw .misfit(error.description)
        }
        guard message.from == keys.owner, message.to == province else { throw .misfit("it is another's") }
        return message.step
    }
}

extension ExchangePath {
    public static let reconciliation = "/v1/reconciliation"
}
