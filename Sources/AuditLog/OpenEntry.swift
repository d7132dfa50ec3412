/// An entry that is checked and written out before the transaction that appends it, on whichever thread, but for what only that
/// transaction can say: its sequence, subject, outcome, one detail, and its nonce. What comes out is what
/// ``AuditEntry/encode(into:)`` would write.
public struct OpenEntry: Sendable {
    public let event: AuditEvent
    /// The detail that is left open.
    public let detail: AuditDetail
    /// The pieces one after another; each ends where something is filled in.
    private var bytes: [UInt8] = []
    private let subjectAt, outcomeAt, detailAt: Int
    private let outcomes: [String]

    /// - Parameters:
    ///   - entry: its sequence, subject, outcome, nonce and that detail are not looked at.
    ///   - detail: one that is no number and no digest.
    /// - Throws: what ``AuditEntry/validate()`` throws.
    public init(_ entry: AuditEntry, open detail: AuditDetail) throws(AuditError) {
        var whole = entry
        whole.subject = .zero
        outcomes = entry.event.shape.outcomes
        whole.outcome = outcomes.first
        whole.details[detail] = "-"
        whole.nonce = AuditNonce(high: 1, low: 1)
        try whole.validate()
        event = entry.event
        self.detail = detail
        bytes.reserveCapacity(512)
        whole.encodeFront(into: &bytes)
        subjectAt = bytes.count
        if let object = whole.object { AuditEntry.append(object: object, to: &bytes) }
        whole.encodeBatch(into: &bytes)
        outcomeAt = bytes.count
        whole.encodeEvidence(into: &bytes)
        detailAt = whole.encodeDetails(open: detail, into: &bytes)
    }

    /// Appends the entry.
    /// - Throws: `fieldForm` when outcome or detail are none that the event has, with nothing appended.
    public func append(
        sequence: UInt64, subject: Digest256, outcome: String, detail text: String, nonce: AuditNonce,
        to out: inout [UInt8]
    ) throws(AuditError) {
        guard outcomes.contains(outcome), detail.allows(text) else {
            throw AuditError(.fieldForm, "In an entry \(event.rawValue) the form of what was left open is wrong.")
        }
        AuditEntry.append(sequence: sequence, to: &out)
        out.append(contentsOf: bytes[..<subjectAt])
        AuditEntry.append(subject: subject, to: &out)
        out.append(contentsOf: bytes[subjectAt..<outcomeAt])
        out.append(#","outcome":"#, quoted: outcome)
        out.append(contentsOf: bytes[outcomeAt..<detailAt])
        out.append(quoted: text)
        out.append(contentsOf: bytes[detailAt...])
        AuditEntry.append(nonce: nonce, to: &out)
    }
}
