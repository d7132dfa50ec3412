/// The members of an entry that an event may have beside those that every entry has (`sequence`, `time`, `event`,
/// `actor`, `nonce`). In the order in which an entry is written.
public struct AuditFields: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Why personal data was handled: a value of the interchange's purposes.
    public static let purpose = AuditFields(rawValue: 1 << 0)
    /// `case`: the reference of the police case.
    public static let caseReference = AuditFields(rawValue: 1 << 1)
    /// The person's pseudonym.
    public static let subject = AuditFields(rawValue: 1 << 2)
    /// The digest of the envelope, or of the row or thing, that was acted on.
    public static let object = AuditFields(rawValue: 1 << 3)
    public static let batch = AuditFields(rawValue: 1 << 4)
    public static let outcome = AuditFields(rawValue: 1 << 5)
    /// The digest of what shows the act: a receipt's content, a batch's `results`, an approval's normal form.
    public static let evidence = AuditFields(rawValue: 1 << 6)

    /// Every field with its member name, in the order in which an entry is written.
    public static let names: [(field: AuditFields, name: String)] = [
        (.purpose, "purpose"), (.caseReference, "case"), (.subject, "subject"), (.object, "object"), (.batch, "batch"),
        (.outcome, "outcome"), (.evidence, "evidence"),
    ]

    /// The member names of the fields in the set.
    public var memberNames: [String] { Self.names.filter { contains($0.field) }.map(\.name) }
}

/// A member of an entry's `detail`. A closed set with a form for each, so that nothing of a person's slips in as free text.
public enum AuditDetail: String, Sendable, Hashable, CaseIterable {
    case peer, kind, flags, codes, code, contentDigest, attempt, status, reason
    case mapping, file, read, accepted, flagged, quarantined, skipped, dropped, unchanged
    case question, queryId, bureau, policy, rule, line, facts, validUntil, deferredUntil, legalGround, legalBasis
    case askedBy, askedAt
    case entries, filter, format, from, until
    case change, keyId, digest, proposer, item
    case origin, size, root, checkpoint, version, missing

    /// How the value is written.
    public enum Form: String, Sendable, Hashable {
        /// 1 to 128 visible ASCII characters, without a run of 15 or 18 digits that could be a person's number.
        case token
        /// A decimal number from 0, without leading zeros.
        case count
        /// SHA-256 in standard base64.
        case digest
        /// 1 to 128 bytes of UTF-8 without control characters, without a run of digits that could be a person's number:
        /// the name of a law and its article, or of a mapping.
        case line
    }

    public var form: Form {
        switch self {
        case .attempt, .status, .read, .accepted, .flagged, .quarantined, .skipped, .dropped, .unchanged, .line,
            .entries,
            .size, .missing:
            .count
        case .contentDigest, .file, .policy, .digest, .root, .checkpoint, .filter: .digest
        case .legalGround, .legalBasis, .askedBy, .mapping: .line
        default: .token
        }
    }

    /// Whether the detail may hold this text.
    public func allows(_ text: String) -> Bool {
        switch form {
        case .token: AuditText.isToken(text)
        case .count: AuditText.isCount(text)
        case .digest: Digest256.isBase64(text)
        case .line: AuditText.isLine(text) && !AuditText.holdsIdNumber(text)
        }
    }
}

/// The details of an entry, in alphabetical order of their names.
public struct AuditDetails: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public struct Pair: Sendable, Hashable {
        public var name: AuditDetail
        public var value: String
    }

    /// In the order in which an entry is written.
    public private(set) var pairs: [Pair] = []

    public init() {}

    /// A name that is given twice keeps its last value.
    public init(dictionaryLiteral elements: (AuditDetail, String)...) {
        // One piece of memory, with room for some that are set later.
        pairs.reserveCapacity(elements.isEmpty ? 0 : elements.count + 6)
        for (name, value) in elements { self[name] = value }
    }

    public subscript(_ name: AuditDetail) -> String? {
        get { pairs.first { $0.name == name }?.value }
        set {
            // From the end: most are given in their order.
            var place = pairs.endIndex
            while place > 0, pairs[place - 1].name.rawValue > name.rawValue { place -= 1 }
            let isHeld = place > 0 && pairs[place - 1].name == name
            if isHeld { place -= 1 }
            switch (newValue, isHeld) {
            case (let value?, true): pairs[place].value = value
            case (let value?, false): pairs.insert(Pair(name: name, value: value), at: place)
            case (nil, true): pairs.remove(at: place)
            case (nil, false): break
            }
        }
    }

    public var isEmpty: Bool { pairs.isEmpty }
}
