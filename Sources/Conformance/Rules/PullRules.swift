import Exchange
import Interchange
import JSONTape

/// Pull: what waits for this peer, and the receipts that it brings. Nothing that waits is settled: a check does not take records
/// away from the province that it plays.
enum PullRules {
    static let all = outbox + receipts

    private static let outbox = [
        ConformanceRule("outbox.signed", "GET /v1/outbox is answered with a signed batch or a signed 204.") { peer in
            let observed = try await peer.fetch()
            guard [200, 204].contains(observed.status), observed.unsigned == nil else {
                return .broken(expected: "a signed 200 or 204", found: observed.words)
            }
            return .kept
        },
        ConformanceRule("outbox.batch", "A batch that waits comes in the form in which one is pushed.") { peer in
            let fetched = try await peer.fetchedBatch()
            guard fetched.response.fields.mediaType == RequestReceiver.batchContentType, fetched.batchID != nil else {
                return .broken(expected: "application/x-ndjson and Yizhan-Batch", found: fetched.words)
            }
            let lines = try BatchLines.read(fetched.content)
            return lines.count == 1
                ? .kept : .broken(expected: "no more envelopes than limit=1", found: "\(lines.count)")
        },
        ConformanceRule("outbox.addressed", "A batch that waits is from that province, for this one.") { peer in
            let fetched = try await peer.fetchedBatch()
            let (from, to) = try JSONParser().parse(fetched.content.filter { $0 != 0x0A }) { root in
                (root["from"]?.string, root["to"]?.string)
            }
            guard from == "\(peer.other)", to == "\(peer.province)" else {
                return .broken(expected: "from \(peer.other) to \(peer.province)", found: "another")
            }
            return .kept
        },
        ConformanceRule("outbox.leased", "A batch that was given is not given again while its lease lasts.") { peer in
            let first = try await peer.fetchedBatch()
            let second = try await peer.send(peer.get(ExchangePath.outbox, query: "limit=1&wait=0"))
            return second.status == 204 || second.batchID != first.batchID
                ? .kept : .broken(expected: "204 or another batch", found: "the same batch")
        },
        ConformanceRule("outbox.wait", "GET /v1/outbox with wait=1 is answered within seconds.") { peer in
            let observed = try await peer.send(peer.get(ExchangePath.outbox, query: "limit=1&wait=1"))
            guard [200, 204].contains(observed.status), observed.unsigned == nil else {
                return .broken(expected: "a signed 200 or 204", found: observed.words)
            }
            return .kept
        },
        ConformanceRule("outbox.unsigned", "GET /v1/outbox without a signature is 401 SIGNATURE_MISSING.") { peer in
            var request = await peer.get(ExchangePath.outbox, query: "limit=1&wait=0")
            request.isSigned = false
            return try await peer.send(request).isRefusal(401, .signatureMissing)
        },
        ConformanceRule("outbox.query", "A signature that leaves out @query is 401.") { peer in
            var request = await peer.get(ExchangePath.outbox, query: "limit=1&wait=0")
            request.uncovered = ["@query"]
            return try await peer.send(request).isRefusal(401, .signatureInvalid)
        },
        ConformanceRule("outbox.tag", "GET /v1/outbox signed with another message's tag is 401.") { peer in
            var request = await peer.get(ExchangePath.outbox, query: "limit=1&wait=0")
            request.tagText = "yizhan-batch"
            return try await peer.send(request).isRefusal(401, .signatureInvalid)
        },
        ConformanceRule("outbox.nonce", "GET /v1/outbox that comes twice with one nonce is 401 NONCE_REPLAYED.") {
            peer in
            let request = await peer.get(ExchangePath.outbox, query: "limit=1&wait=0")
            _ = try await peer.send(request)
            return try await peer.send(request).isRefusal(401, .nonceReplayed)
        },
    ]

    private static let receipts = [
        ConformanceRule("pull.receipt.unknown", "A receipt for a batch that was never made is a signed 404.") { peer in
            let observed = try await peer.send(peer.receiptRequest(for: peer.newID(), content: Array("{}".utf8)))
            return observed.isRefusal(404, .notFound)
        },
        ConformanceRule("pull.receipt.unsigned", "A receipt without a signature is 401 SIGNATURE_MISSING.") { peer in
            var request = await peer.receiptRequest(for: peer.newID(), content: Array("{}".utf8))
            request.isSigned = false
            return try await peer.send(request).isRefusal(401, .signatureMissing)
        },
        ConformanceRule("pull.receipt.tag", "A receipt signed with another tag than yizhan-receipt is 401.") { peer in
            var request = await peer.receiptRequest(for: peer.newID(), content: Array("{}".utf8))
            request.tagText = "yizhan-request"
            return try await peer.send(request).isRefusal(401, .signatureInvalid)
        },
        ConformanceRule("pull.receipt.digest", "A receipt that is not what its digest says is 400 DIGEST_MISMATCH.") {
            peer in
            var request = await peer.receiptRequest(for: peer.newID(), content: Array("{}".utf8))
            request.content.append(0x20)
            return try await peer.send(request).isRefusal(400, .digestMismatch)
        },
        ConformanceRule("pull.receipt.query", "A receipt's POST with a query is 400.") { peer in
            var request = await peer.receiptRequest(for: peer.newID(), content: Array("{}".utf8))
            request.query = "a=1"
            return try await peer.send(request).isRefusal(400, .requestInvalid)
        },
        ConformanceRule("pull.receipt.other", "A receipt that does not answer the batch is not taken: 409 or 422.") {
            peer in
            let fetched = try await peer.fetchedBatch()
            guard let id = fetched.batchID else { return .untested("the batch has no id") }
            let other = await peer.receipt(for: id, digest: ContentDigest(of: [0x0A]))
            let observed = try await peer.send(peer.receiptRequest(for: id, content: other.encoded()))
            guard [409, 422].contains(observed.status), observed.unsigned == nil else {
                return .broken(expected: "a signed 409 or 422", found: observed.words)
            }
            return .kept
        },
    ]
}
