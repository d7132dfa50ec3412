import Exchange

/// What is judged over all answers, and the withdrawal of what was sent.
enum ClosingRules {
    static let all = [
        ConformanceRule("answer.signed", "Every answer is signed over what it must cover.") { peer in
            guard let first = await peer.firstUnsigned else { return .kept }
            return .broken(expected: "a signature that verifies on each answer", found: first)
        },
        ConformanceRule("answer.retryAfter", "Every 503 says in Retry-After when to come again.") { peer in
            guard let first = await peer.firstBusyWithoutDelay else { return .kept }
            return .broken(expected: "Retry-After", found: "none: \(first)")
        },
        ConformanceRule("closing.withdrawn", "Every record that this check brought in is withdrawn.") { peer in
            let left = try await peer.withdraw()
            guard let first = left.first else { return .kept }
            return .broken(expected: "accepted for each retraction", found: "\(left.count) not: \(first.words)")
        },
    ]
}
