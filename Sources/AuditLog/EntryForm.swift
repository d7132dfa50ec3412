/// Many entries that differ only in sequence, subject, object and nonce, such as those of one chunk or batch: checked and
/// written once, and then filled in. What comes out is what ``AuditEntry/encode(into:)`` would write.
public struct EntryForm: Sendable {
    private let front: [UInt8]
    private let back: [UInt8]
    private let hasSubject: Bool
    private let hasObject: Bool
    /// The entry's event.
    public let event: AuditEvent

    /// - Parameters:
    ///   - entry: its sequence, subject, object and nonce are not looked at.
    ///   - hasSubject, hasObject: whether every one of the entries has them.
    /// - Throws: what ``AuditEntry/validate()`` throws.
    public init(_ entry: AuditEntry, hasSubject: Bool, hasObject: Bool) throws(AuditError) {
        var whole = entry
        whole.subject = hasSubject ? .zero : nil
        whole.object = hasObject ? .zero : nil
        whole.nonce = AuditNonce(high: 1, low: 1)
        try whole.validate()
        var (front, back): ([UInt8], [UInt8]) = ([], [])
        whole.encodeFront(into: &front)
        whole.encodeBack(into: &back)
        (self.front, self.back) = (front, back)
        self.hasSubject = hasSubject
        self.hasObject = hasObject
        event = entry.event
    }

    /// Appends one entry.
    /// - Parameters:
    ///   - subject, object: not looked at where the form has none.
    public func append(
        sequence: UInt64, subject: Digest256, object: Digest256, nonce: AuditNonce, to out: inout [UInt8]
    ) {
        AuditEntry.append(sequence: sequence, to: &out)
        out.append(contentsOf: front)
        if hasSubject { AuditEntry.append(subject: subject, to: &out) }
        if hasObject { AuditEntry.append(object: object, to: &out) }
        out.append(contentsOf: back)
        AuditEntry.append(nonce: nonce, to: &out)
    }
}
