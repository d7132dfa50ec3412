import Exchange
import Interchange

extension ConformancePeer {
    /// Asks once for what waits, and keeps the answer for the rules after it.
    func fetch() async throws -> Observed {
        let observed = try await send(get(ExchangePath.outbox, query: "limit=1&wait=0"))
        if observed.status == 200, observed.unsigned == nil { keep(fetched: observed) }
        return observed
    }

    /// The batch that waited for this peer.
    /// - Throws: ``Untested`` when none did.
    func fetchedBatch() throws -> Observed {
        guard let fetched else { throw Untested(reason: "nothing waits there for this peer") }
        return fetched
    }

    /// A receipt as it should be sent.
    func receiptRequest(for batch: MessageID, content: [UInt8]) -> CraftedRequest {
        var request = CraftedRequest(
            authority: address.authority, path: address.path(ExchangePath.receipt(for: batch)))
        request.tag = .receipt
        request.content = content
        request.fields = ["content-type": Receipt.contentType, "content-digest": "\(ContentDigest(of: content))"]
        return request
    }

    /// A receipt without results.
    func receipt(for batch: MessageID, digest: ContentDigest) -> Receipt {
        Receipt(
            batch: batch, contentDigest: digest, from: province, to: other, receivedAt: now, results: [],
            audit: .init(origin: "conformance", treeSize: 1, entries: 0...0, checkpoint: "none"))
    }
}

extension Observed {
    /// What `Yizhan-Batch` names.
    var batchID: MessageID? { response.fields.single("yizhan-batch").flatMap { MessageID($0) } }
}
