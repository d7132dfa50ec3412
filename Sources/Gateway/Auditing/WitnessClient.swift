import AuditLog
import Exchange
import Interchange

/// One peer as a witness: asks it to cosign, what it holds, and reads its own log.
public struct WitnessClient: Sendable {
    /// Bounds of one exchange with it: a peer that is down must not hold up a start.
    static let limits = TransportLimits(connect: .seconds(3), total: .seconds(10), stall: .seconds(5))

    let log: KnownLogs.Log
    let address: PeerAddress
    let transport: any HTTPTransport

    public init(log: KnownLogs.Log, address: PeerAddress, transport: any HTTPTransport) {
        (self.log, self.address, self.transport) = (log, address, transport)
    }

    var peer: Province { log.owner }

    enum Answer: Sendable {
        /// The lines that it answered with.
        case cosigned([UInt8])
        /// It holds a checkpoint of this size.
        case holds(UInt64)
        /// The proof does not lead from what it holds.
        case unproven
        case refused(status: Int)
        case unreachable(String)
    }

    func add(_ request: WitnessRequest) async -> Answer {
        let asked = TransportRequest(
            method: "POST", url: url("/audit/witness/add-checkpoint"),
            fields: ["content-type": "text/plain; charset=utf-8"],
            content: request.bytes, limits: Self.limits)
        let answer: TransportResponse
        do { answer = try await transport.send(asked) } catch { return .unreachable(error.message) }
        switch answer.status {
        case 200: return .cosigned(answer.content)
        case 409:
            let text = String(decoding: answer.content, as: UTF8.self).trimmingSuffix("\n")
            return UInt64(text).map { .holds($0) } ?? .refused(status: 409)
        case 422: return .unproven
        default: return .refused(status: answer.status)
        }
    }

    /// The signed note of the newest checkpoint of a log that it holds; nil when it holds none or does not answer.
    func held(_ origin: String) async -> [UInt8]? {
        await get("/audit/witness/checkpoint?origin=\(Self.escaped(origin))")
    }

    /// A resource of its own log: `checkpoint`, `tile/0/000`.
    func get(log path: String) async -> [UInt8]? { await get("/audit/\(path)") }

    /// What it says when it is asked for the newest checkpoint of a log that it holds.
    public func word(of origin: String) async -> PeerWord {
        let asked = TransportRequest(
            method: "GET", url: url("/audit/witness/checkpoint?origin=\(Self.escaped(origin))"), limits: Self.limits)
        let answer: TransportResponse
        do { answer = try await transport.send(asked) } catch { return .unreachable(because: error.message) }
        switch answer.status {
        case 200: return .holds(answer.content)
        case 404: return .holdsNone
        default: return .unreachable(because: "it answers \(answer.status)")
        }
    }

    private func get(_ path: String) async -> [UInt8]? {
        let asked = TransportRequest(method: "GET", url: url(path), limits: Self.limits)
        guard let answer = try? await transport.send(asked), answer.status == 200 else { return nil }
        return answer.content
    }

    private func url(_ path: String) -> String { "https://\(address.authority)\(address.path(path))" }

    /// Percent-encoded but for RFC 3986's unreserved characters.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
