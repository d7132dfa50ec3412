import AuditLog
import Interchange

extension MemoryState {
    mutating func accept(_ chunk: IntakeChunk) throws -> Acceptance {
        guard chunk.drafts.count + chunk.refused.count <= StoreLimits.rowsPerChunk else {
            throw StoreError(
                .invalid, "a chunk has more than \(StoreLimits.rowsPerChunk) rows", remedy: "hand over smaller chunks")
        }
        guard runs.indices.contains(Int(chunk.run.number) - 1) else {
            throw StoreError(.notFound, "no run \(chunk.run.number) is open", remedy: "report this as a defect")
        }
        try log.check([Act(.intakeUnchanged, actor: chunk.actor, at: chunk.at, subject: [], object: .leaf([]))])
        var acceptance = Acceptance()
        for draft in chunk.drafts {
            if try accept(draft, of: chunk) { acceptance.new += 1 } else { acceptance.unchanged += 1 }
        }
        for row in chunk.refused { try refuse(row, of: chunk) }
        acceptance.quarantined = chunk.refused.count
        return acceptance
    }

    /// - Returns: false when the store holds this content as the newest.
    private mutating func accept(_ draft: Draft, of chunk: IntakeChunk) throws -> Bool {
        let held = facts[draft.record]
        let person = draft.subject ?? Array((draft.reference ?? draft.record).description.utf8)
        if let held, held.content == draft.fixed {
            try enter(
                Act(.intakeUnchanged, actor: chunk.actor, at: chunk.at, object: held.digest), subject: person)
            return false
        }
        let version = (held?.version ?? 0) + 1
        let id = MessageID(at: chunk.at, random: words())
        let line = draft.line(id: id, version: version, salt: words())
        let digest = Digest256(hashing: line)
        facts[draft.record] = Fact(sender: draft.from, version: version, digest: digest, content: draft.fixed)
        free[draft.to, default: []].append(Envelope(id: id, digest: digest, line: line, acceptedAt: chunk.at))
        announced.insert(draft.to)
        try enter(
            Act(.intakeAccepted, actor: chunk.actor, at: chunk.at, purpose: draft.purpose, object: digest),
            subject: person)
        return true
    }

    /// The row itself is not kept: only its entry, under a name that says nothing of it.
    private mutating func refuse(_ row: RefusedRow, of chunk: IntakeChunk) throws {
        refused += 1
        let codes = ViolationCode.list(row.reasons.map(\.code))
        let name = Digest256(hashing: withUnsafeBytes(of: words()) { Array($0) })
        try enter(
            Act(
                .intakeQuarantined, actor: chunk.actor, at: chunk.at, object: name,
                details: codes.isEmpty ? [:] : [.codes: codes]), subject: row.subject)
    }
}
