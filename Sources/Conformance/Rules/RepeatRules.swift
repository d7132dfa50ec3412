import Exchange
import Interchange

/// A batch or an envelope that comes again has no second effect.
enum RepeatRules {
    static let all = [
        ConformanceRule("repeat.batch", "A batch sent again gets the same receipt content, byte for byte.") { peer in
            let envelope = await peer.arrival()
            var request = try await peer.batch(of: [envelope])
            let (_, first) = try await peer.receipt(for: request, of: [envelope])
            request.nonce = randomNonce()
            let (_, second) = try await peer.receipt(for: request, of: [envelope])
            return first == second ? .kept : .broken(expected: "the same bytes", found: "other bytes")
        },
        ConformanceRule("repeat.otherContent", "A batch id with other content is 409 BATCH_ID_REUSED.") { peer in
            let envelope = await peer.arrival()
            let request = try await peer.batch(of: [envelope])
            _ = try await peer.receipt(for: request, of: [envelope])
            let id = request.fields.single("yizhan-batch").flatMap { MessageID($0) }
            return try await peer.send(try await peer.batch(of: [peer.arrival()], id: id))
                .isRefusal(409, .batchIDReused)
        },
        ConformanceRule("repeat.envelope", "An envelope that comes again in another batch is `duplicate`.") { peer in
            let envelope = try await peer.applyArrival()
            let again = try await peer.outcomes(of: [envelope])[0]
            guard case .duplicate(let earlier) = again, earlier.outcome == .accepted else {
                return .broken(expected: "duplicate of accepted", found: again.words)
            }
            return .kept
        },
        ConformanceRule("repeat.sameIdOtherDigest", "An id that comes with another digest is `conflict`.") { peer in
            let envelope = try await peer.applyArrival()
            var other = envelope
            other.retainUntil = other.retainUntil.adding(days: -1)
            let outcome = try await peer.outcomes(of: [other])[0]
            guard case .conflict(let held) = outcome, held.version == 1, held.digest == envelope.sent.digest else {
                return .broken(expected: "conflict with the version that is held", found: outcome.words)
            }
            return .kept
        },
        ConformanceRule("repeat.rejected", "A rejected envelope is judged anew in another batch.") { peer in
            var envelope = await peer.arrival()
            envelope.content = envelope.content.replacing("\"reason\":\"01\"", with: "\"reason\":\"07\"")
            let first = try await peer.outcomes(of: [envelope])[0]
            let second = try await peer.outcomes(of: [envelope])[0]
            guard first.name == .rejected, second.name == .rejected else {
                return .broken(expected: "rejected twice", found: "\(first.words), \(second.words)")
            }
            return .kept
        },
    ]
}

extension String {
    /// The text with every occurrence replaced, without Foundation.
    fileprivate func replacing(_ old: String, with new: String) -> String {
        guard let range = self.firstRange(of: old) else { return self }
        return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
