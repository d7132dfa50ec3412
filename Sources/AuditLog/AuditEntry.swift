/// Who acted: an organisation, and within it a person under a pseudonym.
public struct AuditActor: Sendable, Hashable {
    /// `urn:yizhan:bureau:44:police-1`, `urn:yizhan:province:51`, `gateway`: 1 to 128 visible ASCII characters.
    public var organisation: String
    /// Nil when the organisation's own machine acted.
    public var person: String?

    public init(organisation: String, person: String? = nil) {
        self.organisation = organisation
        self.person = person
    }
}

/// 128 random bits of an entry, so that nobody who holds hashes can find the entry by guessing.
public struct AuditNonce: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    /// Of an entry that ``AuditAppender`` has yet to append; no valid entry has it.
    public static let none = AuditNonce(high: 0, low: 0)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter generator: a cryptographic one, such as the system's; another only in tests.
    public init(using generator: inout some RandomNumberGenerator) {
        self.init(high: generator.next(), low: generator.next())
    }
}

/// One act, as the log keeps it. It holds no name, number or payload: a person is a pseudonym, an envelope its digest.
public struct AuditEntry: Sendable, Hashable {
    /// The entry's place in the log, from 0: its leaf's index.
    public var sequence: UInt64
    /// Milliseconds since 1970-01-01T00:00:00Z; from year 1970 to 9999.
    public var time: Int64
    public var event: AuditEvent
    public var actor: AuditActor
    public var purpose: String?
    /// The member `case`: 1 to 128 bytes without control characters.
    public var caseReference: String?
    /// The person's pseudonym: HMAC(log key, salt).
    public var subject: Digest256?
    /// The envelope's digest, or that of the row or thing that was acted on.
    public var object: Digest256?
    public var batch: String?
    /// One of the event's ``AuditShape/outcomes``.
    public var outcome: String?
    /// The digest of what shows the act; never of anything that contains a checkpoint over this entry.
    public var evidence: Digest256?
    public var details: AuditDetails
    public var nonce: AuditNonce

    /// - Parameters:
    ///   - sequence, nonce: left out where ``AuditAppender`` appends the entry, which gives both.
    public init(
        sequence: UInt64 = 0, time: Int64, event: AuditEvent, actor: AuditActor, purpose: String? = nil,
        caseReference: String? = nil, subject: Digest256? = nil, object: Digest256? = nil, batch: String? = nil,
        outcome: String? = nil, evidence: Digest256? = nil, details: AuditDetails = [:], nonce: AuditNonce = .none
    ) {
        self.sequence = sequence
        self.time = time
        self.event = event
        self.actor = actor
        self.purpose = purpose
        self.caseReference = caseReference
        self.subject = subject
        self.object = object
        self.batch = batch
        self.outcome = outcome
        self.evidence = evidence
        self.details = details
        self.nonce = nonce
    }

    /// The fields that are present.
    public var fields: AuditFields {
        var fields: AuditFields = []
        if purpose != nil { fields.insert(.purpose) }
        if caseReference != nil { fields.insert(.caseReference) }
        if subject != nil { fields.insert(.subject) }
        if object != nil { fields.insert(.object) }
        if batch != nil { fields.insert(.batch) }
        if outcome != nil { fields.insert(.outcome) }
        if evidence != nil { fields.insert(.evidence) }
        return fields
    }
}

extension AuditEntry {
    /// Checks the entry against its event's shape and every text against its form.
    /// - Throws: `fieldMissing`, `fieldUnexpected` or `fieldForm`, naming the member and never its value.
    public func validate() throws(AuditError) {
        let shape = event.shape
        let allowed = shape.required.union(shape.optional)
        if !fields.isSuperset(of: shape.required), let name = shape.required.subtracting(fields).memberNames.first {
            throw AuditError(.fieldMissing, "An entry \(event.rawValue) lacks \(name).")
        }
        if !allowed.isSuperset(of: fields), let name = fields.subtracting(allowed).memberNames.first {
            throw AuditError(.fieldUnexpected, "An entry \(event.rawValue) has no \(name).")
        }
        if let name = misformedMember(shape) {
            throw AuditError(.fieldForm, "In an entry \(event.rawValue) the form of \(name) is wrong.")
        }
        for pair in details.pairs {
            let (name, value) = (pair.name, pair.value)
            guard shape.details.contains(name) else {
                throw AuditError(.fieldUnexpected, "An entry \(event.rawValue) has no detail \(name.rawValue).")
            }
            guard name.allows(value) else {
                throw AuditError(.fieldForm, "In an entry \(event.rawValue) the form of \(name.rawValue) is wrong.")
            }
        }
    }

    private func misformedMember(_ shape: AuditShape) -> String? {
        if !AuditTime.range.contains(time) { return "time" }
        if !AuditText.isToken(actor.organisation) { return "organisation" }
        if let person = actor.person, !AuditText.isToken(person) { return "person" }
        if let purpose, !AuditText.isToken(purpose) { return "purpose" }
        if let caseReference, !AuditText.isLine(caseReference) { return "case" }
        if let batch, !AuditText.isToken(batch) { return "batch" }
        if let outcome, !shape.outcomes.contains(outcome) { return "outcome" }
        if nonce == .none { return "nonce" }
        return nil
    }
}
