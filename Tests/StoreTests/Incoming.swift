import AuditLog
import Interchange
import Store
import Testing

/// An envelope as a peer sends it, before it is put in a batch.
struct Arriving: Sendable {
    var id: MessageID
    var text: String
    var record: IncomingRecord?
    var violations: [RefusedRow.Reason] = []
}

extension Bench {
    /// An arrival in Sichuan of a person from Henan.
    func arriving(_ id: UInt64, record number: UInt64, version: Int = 1, saying text: String = "first") -> Arriving {
        Arriving(
            id: message(id), text: #"{"id":"\#(message(id))","version":\#(version),"note":"\#(text)"}"#,
            record: IncomingRecord(
                kind: .arrival, record: theirs(number), version: version, issuedAt: noon,
                purpose: .residenceRegistration,
                retainUntil: CivilDate(daysSince1970: 21_000), subject: subject(number), reference: nil,
                division: DivisionCode(number: 510_105), effective: CivilDate(daysSince1970: 20_600)))
    }

    /// The departure that ends an arrival of theirs.
    func departing(_ id: UInt64, record number: UInt64, ending arrival: UInt64) -> Arriving {
        var envelope = arriving(id, record: number)
        envelope.record?.kind = .departure
        envelope.record?.subject = subject(arrival)
        envelope.record?.reference = theirs(arrival)
        return envelope
    }

    /// A record that Sichuan keeps.
    func theirs(_ number: UInt64) -> RecordID { record(number, home: provinces.own, register: provinces.peer) }

    func batch(
        _ number: UInt64, nonce: String, from sender: Province? = nil, at now: Instant = noon, _ envelopes: [Arriving]
    ) -> IncomingBatch {
        var lines: [UInt8] = []
        var incoming: [IncomingEnvelope] = []
        for envelope in envelopes {
            let start = lines.count
            lines.append(contentsOf: envelope.text.utf8)
            incoming.append(
                IncomingEnvelope(
                    id: envelope.id, digest: Digest256(hashing: Array(envelope.text.utf8)), span: start..<lines.count,
                    record: envelope.record, violations: envelope.violations))
            lines.append(0x0A)
        }
        return IncomingBatch(
            from: sender ?? provinces.peer, batch: message(number), contentDigest: Digest256(hashing: lines),
            nonce: nonce, lines: lines, envelopes: incoming, receivedAt: now)
    }

    /// Receives a batch that must be applied.
    func outcomes(
        _ number: UInt64, nonce: String? = nil, from sender: Province? = nil, _ envelopes: [Arriving]
    ) async throws -> [Outcome] {
        let reception = try await delivery.receive(
            batch(number, nonce: nonce ?? "nonce-\(number)", from: sender, envelopes))
        return reception.applied?.outcomes ?? []
    }
}

extension DeliveryStore {
    /// With a receipt that says how many outcomes there were, unless the test has its own.
    func receive(_ batch: IncomingBatch, receipt: [UInt8]? = nil) async throws -> Reception {
        let notary = try Notary()
        return try await receive(batch) { applied, size, root in
            ComposedReceipt(
                receipt ?? Array("\(applied.outcomes.count) outcomes".utf8),
                checkpoint: SignedCheckpoint(size: size, root: root, note: try notary.note(size, root)))
        }
    }

    /// With results that say how many outcomes there are.
    func receive(
        _ batch: IncomingBatch,
        _ compose: @escaping @Sendable (Reception.Applied, UInt64, Digest256) throws -> ComposedReceipt
    ) async throws -> Reception {
        let composer = ReceiptComposer {
            Array("\($0.count)".utf8)
        } receipt: { results, applied, size, root in
            #expect(results == Array("\(applied.outcomes.count)".utf8))
            return try compose(applied, size, root)
        }
        return try await receive(batch, composing: composer)
    }
}

extension Reception {
    var applied: Applied? {
        guard case .applied(let applied) = self else { return nil }
        return applied
    }

    var isReplay: Bool { if case .nonceReplayed = self { true } else { false } }
    var isReuse: Bool { if case .reused = self { true } else { false } }

    var receipt: String? {
        guard case .known(let receipt) = self else { return nil }
        return String(decoding: receipt, as: UTF8.self)
    }
}

extension Arriving {
    var digest: Digest256 { Digest256(hashing: Array(text.utf8)) }
}

extension Outcome {
    /// `conflict 2`, `stale 3 <digest>`: short enough to compare in a line.
    var summary: String {
        switch self {
        case .accepted: "accepted"
        case .duplicate(let earlier): "duplicate \(earlier.rawValue)"
        case .stale(let held): "stale \(held.version)"
        case .parked: "parked"
        case .rejected(let reasons): "rejected " + reasons.map(\.code.rawValue).joined(separator: ",")
        case .conflict(let held): "conflict \(held.version)"
        }
    }

    var heldDigest: Digest256? {
        switch self {
        case .stale(let held), .conflict(let held): held.digest
        default: nil
        }
    }
}
