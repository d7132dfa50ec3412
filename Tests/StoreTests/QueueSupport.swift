import AuditLog
import Interchange
import Store
import Synchronization
import Testing

/// What ``DeliveryQueue/onAlert(_:)`` said, `kind+` for a beginning and `kind-` for an end.
final class HeardAlerts: Sendable {
    private let heard = Mutex<[String]>([])

    init(_ store: any Store) {
        store.onAlert { [self] alerts in
            heard.withLock { $0 += alerts.map { "\($0.kind.rawValue)\($0.until == nil ? "+" : "-")" } }
        }
    }

    var all: [String] { heard.withLock { $0 } }
}

extension Bench {
    var clerk: AuditActor { AuditActor(organisation: "urn:yizhan:operator:41:op1") }

    /// How many are withdrawn.
    func withdrawn() async throws -> Int {
        try await store.backlog().first { $0.peer == provinces.peer }?.withdrawn ?? 0
    }

    /// A batch of which the peer refuses each envelope for the order of its dates.
    func refusedBatch(_ count: UInt64) async throws -> LeasedBatch {
        try await accept((1...count).map { draft($0) })
        let batch = try #require(await lease())
        let finding = PeerFinding(code: "DATE_ORDER", pointer: "/content/arrivalDate")
        try await settle(batch, Array(repeating: .rejected([finding]), count: batch.envelopes.count))
        return batch
    }

    /// An arrival with all that its withdrawal would repeat.
    func whole(_ number: UInt64, home: Province, saying reason: String = "01") -> Draft {
        var draft = draft(number, to: home)
        draft.record = record(number, home: home)
        draft.fixed = Array(
            (#""purpose":"residenceRegistration","legalBasis":"居住证暂行条例 第7条","person":{"idType":"none","name":"测试","#
                + #""sex":"1","birthDate":"1990-01-01","hukouDivision":"\#(home)0105"},"content":{"reason":"\#(reason)"}"#)
                .utf8)
        return draft
    }

    /// A permit of ours in this state.
    func permit(_ number: UInt64, _ status: PermitStatus) -> Draft {
        var draft = draft(number, saying: status.rawValue)
        draft.kind = .permit
        draft.effect = .permit(status)
        return draft
    }

    /// Accepts drafts that came from rows 1, 2, …
    func accept(rows drafts: [Draft]) async throws -> Acceptance {
        let run = try await store.openRun(
            RunDescription(mapping: "henan-permits", actor: operatorActor, startedAt: noon))
        var chunk = IntakeChunk(run: run, actor: operatorActor, drafts: drafts, refused: [], at: noon)
        chunk.origins = drafts.indices.map {
            RefusedRow(row: $0 + 1, reasons: [], raw: [0x41], cells: [SourceCell(column: "状态", value: [0x42])])
        }
        return try await store.accept(chunk)
    }

    /// A permit of theirs.
    func permitArriving(_ id: UInt64, _ status: PermitStatus, version: Int) -> Arriving {
        var envelope = arriving(id, record: 1, version: version, saying: status.rawValue)
        envelope.record?.kind = .permit
        envelope.record?.effect = .permit(status)
        return envelope
    }

    /// The withdrawal of a record, by whoever sends it.
    func retracting(_ id: UInt64, record number: UInt64, of target: RecordID, version: Int = 1) -> Arriving {
        var envelope = arriving(id, record: number)
        envelope.record?.kind = .retraction
        envelope.record?.effect = .retraction(RecordTarget(record: target, version: version), .purposeEnded)
        return envelope
    }

    func correcting(_ id: UInt64, record number: UInt64, of target: RecordID) -> Arriving {
        var envelope = arriving(id, record: number)
        envelope.record?.kind = .correction
        envelope.record?.reference = target
        envelope.record?.effect = .correction(RecordTarget(record: target, version: 1))
        return envelope
    }

    /// The outcomes of a batch received at another time.
    func outcomes(_ number: UInt64, at now: Instant, _ envelopes: [Arriving]) async throws -> [String] {
        let reception = try await store.receive(batch(number, nonce: "nonce-\(number)", at: now, envelopes))
        return (reception.applied?.outcomes ?? []).map(\.summary)
    }

    func answer(_ subject: [UInt8], in province: Province) async throws -> InquiryAnswer {
        let act = Act(
            .questionAnswered, actor: AuditActor(organisation: "urn:yizhan:bureau:41:police-1"), at: noon,
            purpose: .caseInquiry)
        return try await store.answer(
            Inquiry(subject: subject, question: .currentRegistration(province), entry: act, at: noon)
        ).answer
    }
}
