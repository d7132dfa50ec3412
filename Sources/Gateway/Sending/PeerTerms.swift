import Delivery
import Exchange
import Interchange
import Logging

/// What a peer takes, as far as it says.
enum PeerTerms: Sendable {
    /// Its capabilities, read today.
    case stated(Capabilities)
    /// It answers, but says nothing of itself that verifies: it is sent what the protocol's page says of everybody, in gzip.
    case silent
    /// It is sent nothing now.
    case blocked(AttemptFailure, detail: String)
}

/// Called with what a peer said of itself, each time it was read.
public typealias CapabilitiesObserver =
    @Sendable (_ peer: Province, _ stated: Capabilities, _ at: Instant) async -> Void

/// Reads a peer's capabilities at the first use, after a connection was lost, and daily.
actor TermsReader {
    /// How long capabilities hold, in seconds: a day.
    static let freshSeconds: Int64 = 86_400
    /// After which a peer that said nothing is asked again, in seconds.
    static let silentSeconds: Int64 = 300

    private let peer: GatewayConfiguration.Peer
    private let client: any HTTPTransport
    private let signing: ExchangeSigning
    private let observer: CapabilitiesObserver
    private let logger: Logger
    private var held: (terms: PeerTerms, until: Instant)?

    init(
        peer: GatewayConfiguration.Peer, client: any HTTPTransport, signing: ExchangeSigning,
        observer: @escaping CapabilitiesObserver, logger: Logger
    ) {
        self.peer = peer
        self.client = client
        self.signing = signing
        self.observer = observer
        self.logger = logger
    }

    func terms(at now: Instant) async throws -> PeerTerms {
        if let held, now < held.until { return held.terms }
        let terms = try await ask(at: now)
        switch terms {
        case .stated: held = (terms, now.adding(seconds: Self.freshSeconds))
        case .silent: held = (terms, now.adding(seconds: Self.silentSeconds))
        case .blocked: held = nil
        }
        return terms
    }

    /// The next use asks anew: the connection was lost, or the peer does not take what it said it takes.
    func forget() { held = nil }

    private func ask(at now: Instant) async throws -> PeerTerms {
        let request = try PeerCaller(signer: signing.signer(for: peer.province)).capabilities(of: peer.address)
        let response: TransportResponse
        do {
            response = try await client.send(
                request.transportRequest(limits: TransportLimits(responseBytes: Capabilities.maximumBytes)))
        } catch {
            if error.code == .cancelled || error.code == .closed { throw CancellationError() }
            return .blocked(.unreachable, detail: "\(error.code.rawValue): \(error.message)")
        }
        switch AnswerJudge(keys: peer.keys, now: now).capabilities(response, to: request) {
        case .value(let stated): return await learn(stated, at: now)
        case .refused(let refusal): return Self.terms(after: refusal)
        case .unverified(let answer):
            let detail = "status \(answer.status) to capabilities, not verified: \(answer.reason)"
            if [429, 503].contains(answer.status) {
                return .blocked(.busy(retryAfterSeconds: answer.retryAfterSeconds), detail: detail)
            }
            logger.notice("the peer says nothing of its capabilities", metadata: ["detail": "\(detail)"])
            return .silent
        }
    }

    private func learn(_ stated: Capabilities, at now: Instant) async -> PeerTerms {
        signing.book.keep(stated, of: peer.province)
        await observer(peer.province, stated, now)
        guard stated.sharesInterchange else {
            return .blocked(
                .noCommonVersion, detail: "the peer takes interchange \(stated.interchange.joined(separator: ", "))")
        }
        return .stated(stated)
    }

    private static func terms(after refusal: SignedRefusal) -> PeerTerms {
        let detail = "\(refusal.problem.status) \(refusal.problem.code)"
        if refusal.asksForNewSignature { return .blocked(.busy(retryAfterSeconds: 0), detail: detail) }
        switch refusal.problem.status {
        case 401, 403: return .blocked(.refused, detail: detail)
        case 429, 503: return .blocked(.busy(retryAfterSeconds: refusal.retryAfterSeconds), detail: detail)
        default: return .silent
        }
    }
}

extension PeerTerms {
    /// In what the next batch is encoded.
    var encoding: ContentEncoding { if case .stated(let stated) = self { stated.encoding } else { .gzip } }

    /// The most that one batch may hold: what both sides take.
    func limits(within own: ExchangeLimits) -> Capabilities.Limits {
        guard case .stated(let stated) = self else {
            return .init(envelopes: own.envelopes, bytes: own.decodedBytes)
        }
        return .init(
            envelopes: min(own.envelopes, stated.limits.envelopes), bytes: min(own.decodedBytes, stated.limits.bytes))
    }

    func takes(_ encoding: ContentEncoding) -> Bool {
        if case .stated(let stated) = self { stated.takes(encoding) } else { true }
    }
}
