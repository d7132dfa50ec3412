import Exchange
import Interchange

/// RFC 9421 as the exchange uses it: what must be covered, and when a signature holds.
enum SignatureRules {
    static let all =
        coverage
        + [
            rule("signature.missing", "A batch without a signature is 401 SIGNATURE_MISSING.", .signatureMissing) {
                $0.isSigned = false
            },
            rule(
                "signature.label", "A signature under another label than yizhan is 401 SIGNATURE_MISSING.",
                .signatureMissing
            ) { $0.label = "sig1" },
            rule("signature.tag", "A signature with another message's tag is 401.", .signatureInvalid) {
                $0.tagText = "yizhan-request"
            },
            rule("signature.forged", "A signature that does not verify is 401.", .signatureInvalid) {
                $0.isForged = true
            },
            rule("signature.expired", "A signature over 60 s past its expiry is 401.", .signatureExpired) {
                $0.createdOffset = -400
            },
            rule("signature.future", "A signature created over 60 s ahead is 401.", .signatureExpired) {
                $0.createdOffset = 120
            },
            rule("signature.lifetime", "A lifetime over 300 s is 401.", .signatureInvalid, .signatureExpired) {
                $0.lifetime = 301
            },
            rule("signature.expires", "A batch without `expires` is 401.", .signatureInvalid, .signatureExpired) {
                $0.lifetime = nil
            },
            rule("signature.authority", "An authority that is not the receiver's own is 401.", .signatureInvalid) {
                $0.authority = "another.example"
            },
            ConformanceRule("signature.tolerance", "A signature created 30 s ahead is taken.") { peer in
                let envelope = await peer.arrival()
                var request = try await peer.batch(of: [envelope])
                request.createdOffset = 30
                _ = try await peer.receipt(for: request, of: [envelope])
                return .kept
            },
            ConformanceRule("digest.twice", "A Content-Digest that is given twice is 401.") { peer in
                var request = try await peer.batch(of: [peer.arrival()])
                request.fields.append("content-digest", "\(ContentDigest(of: [UInt8](request.content)))")
                return try await peer.send(request).isRefusal(401, .signatureInvalid)
            },
            ConformanceRule("digest.mismatch", "Content that is not what its digest says is 400 DIGEST_MISMATCH.") {
                peer in
                var request = try await peer.batch(of: [peer.arrival()])
                request.content.append(0x0A)
                return try await peer.send(request).isRefusal(400, .digestMismatch)
            },
            ConformanceRule("request.query", "A POST with a query is 400.") { peer in
                var request = try await peer.batch(of: [peer.arrival()])
                request.query = "a=1"
                return try await peer.send(request).isRefusal(400, .requestInvalid)
            },
            ConformanceRule("nonce.replayed", "A request that comes twice with one nonce is 401 NONCE_REPLAYED.") {
                peer in
                let envelope = await peer.arrival()
                let request = try await peer.batch(of: [envelope])
                _ = try await peer.receipt(for: request, of: [envelope])
                return try await peer.send(request).isRefusal(401, .nonceReplayed)
            },
        ]

    /// A rule for each component that a batch must cover.
    private static let coverage = [
        "@method", "@authority", "@path", "content-type", "content-digest", "yizhan-batch", "content-encoding",
    ].map { component in
        ConformanceRule("signature.covers.\(component)", "A batch whose signature leaves out \(component) is 401.") {
            peer in
            var request = try await peer.batch(
                of: [peer.arrival()], encoding: component == "content-encoding" ? .gzip : .identity)
            request.uncovered = [component]
            return try await peer.send(request).isRefusal(401, .signatureInvalid)
        }
    }

    /// A rule on a batch with one thing wrong.
    private static func rule(
        _ id: String, _ statement: String, _ codes: WireErrorCode...,
        spoil: @Sendable @escaping (inout CraftedRequest) -> Void
    ) -> ConformanceRule {
        ConformanceRule(id, statement) { peer in
            var request = try await peer.batch(of: [peer.arrival()])
            spoil(&request)
            let observed = try await peer.send(request)
            guard observed.status == 401, let code = observed.problem?.knownCode, codes.contains(code) else {
                return .broken(
                    expected: "401 \(codes.map(\.rawValue).joined(separator: " or "))", found: observed.words)
            }
            return .kept
        }
    }
}
