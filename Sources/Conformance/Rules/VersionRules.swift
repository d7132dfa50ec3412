import Exchange
import Interchange

/// Versions of the interchange.
enum VersionRules {
    static let all = [
        ConformanceRule("version.minor", "Another minor version of a major that is spoken is understood.") { peer in
            var envelope = await peer.arrival()
            envelope.interchange = "1.9"
            let outcome = try await peer.outcomes(of: [envelope])[0]
            return outcome == .accepted ? .kept : .broken(expected: "accepted", found: outcome.words)
        },
        ConformanceRule(
            "version.major", "Another major version is `rejected` with VERSION_UNSUPPORTED; its neighbours are not."
        ) { peer in
            var envelope = await peer.arrival()
            envelope.interchange = "9.0"
            let outcomes = try await peer.outcomes(of: [envelope, peer.arrival()])
            guard case .rejected(let violations) = outcomes[0],
                violations.contains(where: { $0.code == "VERSION_UNSUPPORTED" }), outcomes[1] == .accepted
            else {
                return .broken(
                    expected: "rejected with VERSION_UNSUPPORTED, accepted",
                    found: outcomes.map(\.words).joined(separator: ", "))
            }
            return .kept
        },
    ]
}
