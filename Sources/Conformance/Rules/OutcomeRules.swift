import Exchange
import Interchange

/// The outcome of each envelope.
enum OutcomeRules {
    static let all = [
        ConformanceRule("outcome.version", "A higher version of a record is applied.") { peer in
            let outcome = try await peer.outcomes(of: [peer.version(2, of: peer.applyArrival())])[0]
            return outcome == .accepted ? .kept : .broken(expected: "accepted", found: outcome.words)
        },
        ConformanceRule("outcome.stale", "A lower version is `stale`, with the version that is held.") { peer in
            let third = await peer.version(3, of: peer.arrival())
            guard try await peer.outcomes(of: [third])[0] == .accepted else {
                return .broken(expected: "accepted for version 3", found: "another outcome")
            }
            let outcome = try await peer.outcomes(of: [peer.version(2, of: third)])[0]
            guard outcome == .stale(held: HeldVersion(version: 3, digest: third.sent.digest)) else {
                return .broken(expected: "stale, held version 3", found: outcome.words)
            }
            return .kept
        },
        ConformanceRule("outcome.conflict", "A version that is held under another id is `conflict`.") { peer in
            let envelope = try await peer.applyArrival()
            let outcome = try await peer.outcomes(of: [peer.version(1, of: envelope)])[0]
            guard outcome == .conflict(held: HeldVersion(version: 1, digest: envelope.sent.digest)) else {
                return .broken(expected: "conflict, held version 1", found: outcome.words)
            }
            return .kept
        },
        violation("DATE_ORDER", at: "/content/registeredOn", "A registration before the arrival is `rejected`.") {
            $0.content = $0.content.registeredBeforeArrival(today: $0.issuedAt.dayInShanghai)
        },
        violation("UNKNOWN_FIELD", at: nil, "A field that the schema does not have is `rejected`.") {
            $0.content += ",\"note\":\"x\""
        },
        violation("RETENTION_TOO_LONG", at: "/retainUntil", "A retention over the purpose's cap is `rejected`.") {
            $0.retainUntil = $0.retainUntil.adding(days: 4_000)
        },
        violation("ISSUED_IN_FUTURE", at: "/issuedAt", "An envelope issued over 5 minutes ahead is `rejected`.") {
            $0.issuedAt = $0.issuedAt.adding(seconds: 900)
        },
        ConformanceRule("outcome.oneBad", "One bad envelope does not keep the others of its batch back.") { peer in
            var bad = await peer.arrival()
            bad.retainUntil = bad.retainUntil.adding(days: 4_000)
            let outcomes = try await peer.outcomes(of: [peer.arrival(), bad, peer.arrival()])
            guard outcomes[0] == .accepted, outcomes[1].name == .rejected, outcomes[2] == .accepted else {
                return .broken(
                    expected: "accepted, rejected, accepted", found: outcomes.map(\.words).joined(separator: ", "))
            }
            return .kept
        },
    ]

    private static func violation(
        _ code: String, at pointer: String?, _ statement: String,
        spoil: @Sendable @escaping (inout TestEnvelope) -> Void
    ) -> ConformanceRule {
        ConformanceRule("outcome.rejected.\(code)", statement) { peer in
            var envelope = await peer.arrival()
            spoil(&envelope)
            let outcome = try await peer.outcomes(of: [envelope])[0]
            guard case .rejected(let violations) = outcome,
                violations.contains(where: { $0.code == code && (pointer == nil || $0.pointer == pointer) })
            else {
                return .broken(
                    expected: "rejected with \(code)\(pointer.map { " at \($0)" } ?? "")", found: outcome.words)
            }
            return .kept
        }
    }
}

extension String {
    /// An arrival's content with a registration ten days before today.
    fileprivate func registeredBeforeArrival(today: CivilDate) -> String {
        let right = "\"registeredOn\":\"\(today.adding(days: -1))\""
        guard let range = firstRange(of: right) else { return self }
        return self[..<range.lowerBound] + "\"registeredOn\":\"\(today.adding(days: -10))\"" + self[range.upperBound...]
    }
}
