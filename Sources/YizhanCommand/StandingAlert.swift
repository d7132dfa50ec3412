import Gateway
import Interchange
import Store

/// What needs a person and is no state of a lane: read from what was kept when it was found.
struct StandingAlert {
    enum Kind: String { case logDiverged, limitExceeded }

    var kind: Kind
    /// Whose log it is, or whose bureau; nil when that cannot be told.
    var province: Province?
    var since: Instant
    /// The log's origin and how it went astray, or who used up which limit.
    var detail: String

    /// Logs of peers as the configuration names them, then limits that have not begun anew.
    static func all(
        _ configuration: GatewayConfiguration, _ store: some SQLiteReading, at now: Instant
    ) async throws -> [StandingAlert] {
        let owners = Dictionary(
            configuration.peers.compactMap { peer in peer.audit.map { ($0.name, peer.province) } },
            uniquingKeysWith: { first, _ in first })
        var found: [StandingAlert] = []
        for divergence in try await store.divergences() {
            let detail = "\(divergence.origin) \(divergence.kind.rawValue)"
            guard let owner = owners[divergence.origin], !found.contains(where: { $0.detail == detail }) else {
                continue
            }
            found.append(
                StandingAlert(kind: .logDiverged, province: owner, since: divergence.at, detail: detail))
        }
        let exceeded = try await store.exceededLimits(at: now).map { limit in
            StandingAlert(
                kind: .limitExceeded, province: limit.province, since: limit.at,
                detail: "\(limit.asker) \(limit.reason), until \(limit.until)")
        }
        return found + exceeded
    }
}
