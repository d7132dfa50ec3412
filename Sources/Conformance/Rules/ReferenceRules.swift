import Exchange
import Interchange

/// Records that refer to others, and withdrawals.
enum ReferenceRules {
    static let all = [
        ConformanceRule("reference.parked", "What refers to something unseen is `parked`, and applied when it came.") {
            peer in
            let arrival = await peer.arrival()
            let departure = await peer.departure(of: arrival)
            let before = try await peer.outcomes(of: [departure])[0]
            let together = try await peer.outcomes(of: [arrival, departure])
            guard before == .parked, together == [.accepted, .accepted] else {
                return .broken(
                    expected: "parked; accepted, accepted",
                    found: ([before] + together).map(\.words).joined(separator: ", "))
            }
            return .kept
        },
        ConformanceRule("retraction.final", "After a retraction later versions are `rejected` with RETRACTED.") {
            peer in
            let arrival = try await peer.applyArrival()
            let retracted = try await peer.outcomes(of: [peer.retraction(of: arrival)])[0]
            guard retracted == .accepted else {
                return .broken(expected: "accepted for a retraction", found: retracted.words)
            }
            await peer.forget(arrival)
            let later = try await peer.outcomes(of: [peer.version(2, of: arrival)])[0]
            guard case .rejected(let violations) = later, violations.contains(where: { $0.code == "RETRACTED" }) else {
                return .broken(expected: "rejected with RETRACTED", found: later.words)
            }
            return .kept
        },
        ConformanceRule("retraction.unseen", "A retraction of something unseen is `accepted`, and holds.") { peer in
            let arrival = await peer.arrival()
            let retracted = try await peer.outcomes(of: [peer.retraction(of: arrival)])[0]
            let later = try await peer.outcomes(of: [arrival])[0]
            guard retracted == .accepted, case .rejected(let violations) = later,
                violations.contains(where: { $0.code == "RETRACTED" })
            else {
                return .broken(
                    expected: "accepted; rejected with RETRACTED", found: "\(retracted.words); \(later.words)")
            }
            return .kept
        },
    ]
}
