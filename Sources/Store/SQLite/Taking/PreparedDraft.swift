import AuditLog
import Interchange

/// What the writer looks at of a draft, hashes for people and facts among it. It refers to nothing else, so that to pass it on costs
/// no counting of references; the draft itself is asked for only when something is unusual about it.
struct PreparedDraft: Sendable {
    let kind: Kind
    let from: Province
    let to: Province
    let record: RecordID
    let purpose: Purpose
    let reference: RecordID?
    let division: DivisionCode?
    let effective: CivilDate?
    let retainUntil: Int32
    let issued: IssueHour
    let content: ShortHash
    /// Whom it is about.
    let lookup: ShortHash
    let facts: HashedFacts?
    let isFlagged: Bool
    let hasEffect: Bool
    /// What a permit then is.
    let permit: PermitStatus?

    init(_ draft: Draft, keys: StoreKeys) {
        kind = draft.kind
        from = draft.from
        to = draft.to
        record = draft.record
        purpose = draft.purpose
        reference = draft.reference
        division = draft.division
        effective = draft.effective
        retainUntil = draft.retainUntil.daysSince1970
        issued = IssueHour(of: draft.issuedAt)
        content = keys.contentHash(draft.fixed)
        let lookup = keys.lookupHash(draft.subject, arrival: draft.reference, record: draft.record)
        facts = draft.facts.map { HashedFacts($0, of: lookup, keys: keys) }
        self.lookup = lookup
        isFlagged = !draft.flags.isEmpty
        hasEffect = draft.effect != nil
        permit = draft.effect?.permit
    }
}
