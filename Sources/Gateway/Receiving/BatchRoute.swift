import Exchange
import Hummingbird
import Interchange

/// `POST /v1/batches`: verify who says it, apply, answer with a signed receipt.
struct BatchRoute: Sendable {
    let door: PeerDoor
    let intake: BatchIntake
    let gate: PeerGate
    let refusals: RefusalEntries

    func add(to router: Router<RequestScope>) {
        router.post("/v1/batches") { request, scope in
            try await door.answer(request, scope, through: gate) { try await answer($0) }
        }
    }

    private func answer(_ visit: PeerVisit) async throws -> SignedAnswer {
        do {
            return try await apply(visit)
        } catch let error as WireError {
            let batch = visit.components.fields.batchID
            try await refusals.enter(.batchRefused, error, of: batch, from: visit.peer, at: door.clock())
            throw error
        }
    }

    private func apply(_ visit: PeerVisit) async throws -> SignedAnswer {
        let content = try await visit.content(limit: intake.limits.encodedBytes)
        let now = door.clock()
        let batch = try visit.verifyBatch(content, at: now)
        return try await intake.receive(batch, at: now) { receipt in
            SignedReceipt(try visit.signer.answer(visit.components, receipt: receipt), to: visit.components)
        }
    }
}
