import Exchange

/// What a valid batch is answered with.
enum AnswerRules {
    static let all = [
        ConformanceRule("receipt.signed", "A valid batch is answered 200 with a receipt signed over what it answers.") {
            peer in
            _ = try await peer.applyArrival()
            return .kept
        },
        ConformanceRule(
            "receipt.audit", "A receipt names the audit log's entries for the batch, inside the tree of its checkpoint."
        ) { peer in
            let envelope = await peer.arrival()
            let (receipt, _) = try await peer.receipt(for: peer.batch(of: [envelope]), of: [envelope])
            let audit = receipt.audit
            guard audit.entries.upperBound < audit.treeSize, !audit.checkpoint.isEmpty, !audit.origin.isEmpty else {
                return .broken(
                    expected: "entries below treeSize and a checkpoint",
                    found: "entries \(audit.entries) of \(audit.treeSize)")
            }
            return .kept
        },
        ConformanceRule("receipt.order", "Envelopes are applied, and answered, in line order.") { peer in
            let first = await peer.arrival()
            let second = await peer.version(2, of: first)
            let outcomes = try await peer.outcomes(of: [first, second])
            let reversed = await peer.arrival()
            let later = await peer.version(2, of: reversed)
            let stale = try await peer.outcomes(of: [later, reversed])
            guard outcomes == [.accepted, .accepted], stale[0] == .accepted, stale[1].name == .stale else {
                return .broken(
                    expected: "accepted, accepted; accepted, stale",
                    found: (outcomes + stale).map(\.words).joined(separator: ", "))
            }
            return .kept
        },
        ConformanceRule("errors.unknownPath", "An unknown path is a signed 404 of application/problem+json.") { peer in
            try await peer.send(peer.get("/v1/no-such-path")).isRefusal(404, .notFound)
        },
        ConformanceRule("errors.method", "A method that a path does not have is a signed 405.") { peer in
            try await peer.send(peer.get(ExchangePath.batches)).isRefusal(405, .methodNotAllowed)
        },
    ]
}
