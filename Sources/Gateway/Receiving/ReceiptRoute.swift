import AuditLog
import Exchange
import Hummingbird
import Interchange
import Store

/// `POST /v1/batches/{batch}/receipt`: the receipt for a batch that the peer fetched. It is taken whenever it comes, whoever
/// holds the lease; the same content again changes nothing, another is 409.
struct ReceiptRoute: Sendable {
    let door: PeerDoor
    let province: Province
    let store: any Store
    let offered: OfferedBatches
    let refusals: RefusalEntries

    func add(to router: Router<RequestScope>) {
        router.post("/v1/batches/:batch/receipt") { request, scope in
            let id = scope.parameters.get("batch").flatMap { MessageID($0) }
            return try await door.answer(request, scope) { try await answer($0, id) }
        }
    }

    private func answer(_ visit: PeerVisit, _ id: MessageID?) async throws -> SignedAnswer {
        let content = try await visit.content(limit: Receipt.maximumBytes)
        let now = door.clock()
        let evidence = try visit.verify(content, as: .receipt, at: now)
        guard let id, let sent = try await store.sentBatch(id, to: visit.peer) else {
            throw WireError(.notFound, "No such batch was made for this peer.")
        }
        do {
            return try await take(content, evidence, for: sent, visit, at: now)
        } catch let error as WireError {
            try await refusals.enter(.receiptRefused, error, of: id, from: visit.peer, at: now)
            throw error
        }
    }

    private func take(
        _ content: [UInt8], _ evidence: SignatureEvidence, for sent: SentBatch, _ visit: PeerVisit, at now: Instant
    ) async throws -> SignedAnswer {
        if let taken = sent.receipt, taken != content {
            guard try await store.spend(nonce: evidence.nonce, of: visit.peer, at: now) else { throw Self.replayed }
            throw Self.other
        }
        let receipt = try Self.read(content, answering: OutgoingBatch(sent), from: province, visit.components)
        let settlement = Settlement(
            receipt, content: content, evidence: evidence, request: offered.signature(of: sent.id), by: visit.peer,
            at: now)
        let intake = try await store.takeReceipt(settlement, nonce: evidence.nonce)
        switch intake {
        case .taken, .again: return try visit.signer.answer(visit.components, status: 204)
        case .other: throw Self.other
        case .batchUnknown: throw WireError(.notFound, "No such batch was made for this peer.")
        case .nonceReplayed: throw Self.replayed
        }
    }

    private static var other: WireError {
        WireError(.batchIDReused, "Another receipt for this batch was taken before.")
    }

    private static var replayed: WireError { WireError(.nonceReplayed, "The nonce was used before; sign anew.") }

    /// - Throws: `WireError`: `ENCODING_UNSUPPORTED`, `BATCH_UNREADABLE` for what is no receipt for the batch,
    ///   `BATCH_ID_REUSED` for a receipt for another content.
    private static func read(
        _ content: [UInt8], answering batch: OutgoingBatch, from province: Province, _ request: HTTPRequestComponents
    ) throws(WireError) -> Receipt {
        guard request.fields.mediaType == Receipt.contentType, !request.fields.contains("content-encoding") else {
            throw WireError(.encodingUnsupported, "The content is not plain \(Receipt.contentType).")
        }
        do throws(ReceiptError) {
            let receipt = try Receipt(decoding: content)
            try receipt.check(answers: batch, sentBy: province)
            return receipt
        } catch {
            throw WireError(error == .wrongContentDigest ? .batchIDReused : .batchUnreadable, error.description)
        }
    }
}

extension OutgoingBatch {
    /// A batch that was sent, without its content.
    init(_ sent: SentBatch) {
        self.init(
            id: sent.id, to: sent.peer, content: [],
            encoding: (try? ContentEncoding(field: sent.encoding)) ?? .identity,
            digest: ContentDigest(sent.digest), envelopes: sent.envelopes.map { SentEnvelope($0) })
    }
}
