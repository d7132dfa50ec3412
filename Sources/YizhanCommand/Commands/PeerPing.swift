import ArgumentParser
import Exchange
import Foundation
import Gateway
import Interchange
import Store

struct PeerPing: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Connects to a peer, asks for its capabilities under our signature, and prints them.",
        discussion: """
            Exit status 0: it answers, and its signature verifies; 1: it answers otherwise; 3: it does not answer.
            Example: yizhan peer ping 41 --config gateway.yaml
            """)

    @Argument(help: "The peer's province, two digits.") var peer: Province
    @OptionGroup var configuration: ConfigurationOption
    @Flag(help: "Print a JSON object.") var json = false

    func run() async throws {
        let configuration = try configuration.load()
        guard let entry = configuration.peers.first(where: { $0.province == peer }) else {
            throw GatewayError(
                .mistakes, "the configuration has no peer \(peer)", remedy: "add it under `peers`")
        }
        let known = try? await SQLiteReader(path: configuration.storePath).knownKeys()
        let own = try KeyMaterial(configuration).signingKeys
        let call = try PeerCall(
            configuration, entry,
            key: own.key(knownKeys: known?.first { $0.peer == peer }?.ids, at: Instant.now()))
        let answer = try await call.capabilities()
        if json { try Terminal.say(json: answer) } else { say(answer) }
        if answer.status != 200 || answer.problem != nil { throw ExitCode(1) }
    }

    private func say(_ answer: PeerCall.Answer) {
        Terminal.say("\(answer.url) answers \(answer.status) after \(answer.milliseconds) ms")
        if let seconds = answer.clockSeconds { Terminal.say("  its clock is \(seconds) s ahead of ours") }
        if let problem = answer.problem { Terminal.say(Terminal.red("  \(problem)")) }
        for (name, value) in answer.stated.sorted(by: { $0.key < $1.key }) { Terminal.say("  \(name)  \(value)") }
    }
}

/// One signed question to a peer.
struct PeerCall {
    struct Answer: Encodable {
        var url: String
        var status: Int
        var milliseconds: Int
        /// By the answer's `Date`, whole seconds; nil without one.
        var clockSeconds: Int?
        /// Why the answer is nothing to go by.
        var problem: String?
        /// Members of its capabilities, as text.
        var stated: [String: String]
    }

    private let client: CurlClient
    private let peer: GatewayConfiguration.Peer
    private let signer: MessageSigner

    init(_ configuration: GatewayConfiguration, _ peer: GatewayConfiguration.Peer, key: SigningKey) throws {
        client = try CurlClient(TransportCredentials(listener: configuration.exchange, peer: peer))
        self.peer = peer
        signer = MessageSigner(key: key, clock: { Instant.now() })
    }

    /// - Throws: ``GatewayError`` `unreachable` when nothing answers.
    func capabilities() async throws -> Answer {
        let request = try signer.sign(
            HTTPRequestComponents(
                method: "GET", authority: peer.address.authority, path: peer.address.path(ExchangePath.capabilities)),
            hasContent: false, as: .request)
        let started = ContinuousClock.now
        let response: TransportResponse
        do {
            response = try await client.send(
                TransportRequest(
                    method: "GET", url: request.url, fields: request.fields,
                    limits: TransportLimits(total: .seconds(15))))
        } catch {
            throw GatewayError(
                .unreachable, "the gateway of \(peer.province) at \(peer.address) does not answer: \(error.message)",
                remedy: "check the address, the network, and that each side trusts the other's authority")
        }
        let took = (ContinuousClock.now - started).components
        return Answer(
            url: peer.address.description, status: response.status,
            milliseconds: Int(took.seconds * 1_000 + took.attoseconds / 1_000_000_000_000_000),
            clockSeconds: HTTPDate.seconds(of: response).map { Int($0 - Instant.now().seconds) },
            problem: problem(with: response, to: request), stated: stated(response))
    }

    private func problem(with response: TransportResponse, to request: HTTPRequestComponents) -> String? {
        let components = HTTPResponseComponents(status: response.status, fields: response.fields, answering: request)
        do {
            _ = try MessageVerifier(tag: .response, now: Instant.now()).verify(
                .response(components), hasContent: !response.content.isEmpty
            ) { (id, created) throws(WireError) in try peer.keys.key(id, signedAt: created) }
        } catch {
            return "its signature does not verify: \(error.detail)"
        }
        guard response.status == 200 else {
            let problem = ProblemDetails(decoding: response.content, status: response.status)
            return "it refuses: \(problem?.code ?? "")"
        }
        return nil
    }

    private func stated(_ response: TransportResponse) -> [String: String] {
        guard response.status == 200,
            let object = try? JSONSerialization.jsonObject(with: Data(response.content)) as? [String: Any]
        else { return [:] }
        return object.compactMapValues { value in
            (try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}

/// The `Date` of an answer (RFC 9110, 5.6.7), in the one form that is sent today.
enum HTTPDate {
    static func seconds(of response: TransportResponse) -> Int64? {
        guard let text = response.fields.single("date") else { return nil }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { Int64($0.timeIntervalSince1970) }
    }
}
