import Exchange
import Interchange

/// TLS identity, signing key and `from` name one province.
enum IdentityRules {
    static let all = [
        ConformanceRule("identity.key", "A signature by a key that is not the TLS identity's is refused.") { peer in
            let observed = try await peer.send(
                try await peer.batch(of: [peer.arrival()]), signedBy: SigningKey.generate())
            guard [401, 403].contains(observed.status), let code = observed.problem?.knownCode,
                [.signatureInvalid, .identityMismatch, .peerUnknown].contains(code)
            else { return .broken(expected: "401 SIGNATURE_INVALID or 403 IDENTITY_MISMATCH", found: observed.words) }
            return .kept
        },
        ConformanceRule("identity.from", "An envelope from another province than the sender is 403.") { peer in
            var envelope = await peer.arrival()
            let stranger = Province.all.first { $0 != envelope.from && $0 != envelope.to }
            guard let stranger else { return .untested("there is no third province") }
            envelope.from = stranger
            return try await peer.send(try await peer.batch(of: [envelope])).isRefusal(403, .identityMismatch)
        },
        ConformanceRule("identity.to", "An envelope for another province is not applied.") { peer in
            var envelope = await peer.arrival()
            let stranger = Province.all.first { $0 != envelope.from && $0 != envelope.to }
            guard let stranger else { return .untested("there is no third province") }
            envelope.to = stranger
            let observed = try await peer.send(try await peer.batch(of: [envelope]))
            if observed.status == 403 { return observed.isRefusal(403, .identityMismatch) }
            let outcomes = try await peer.outcomes(of: [peer.version(1, of: envelope)])
            guard case .rejected(let violations) = outcomes[0],
                violations.contains(where: { $0.code == "WRONG_PROVINCE" })
            else {
                return .broken(expected: "rejected with WRONG_PROVINCE, or 403", found: outcomes[0].words)
            }
            return .kept
        },
    ]
}
