import JSONTape

/// What an `accessNotice` states: who asked another province about one of our people, what kind of thing, when, for what purpose.
/// Nothing of who was asked about is in it: see ``init(line:)``.
public struct StatedInquiry: Sendable, Hashable {
    /// The longest text that is taken over, in bytes.
    static let longestText = 128

    /// Nil when the text cannot stand in an audit log; then only the province that told is known.
    public var askedBy: String?
    public var askedAt: Instant
    public var purpose: Purpose
    /// Nil as ``askedBy``.
    public var accessKind: String?
    public var deferredUntil: CivilDate?
    public var deferralGround: String?

    public init(
        askedBy: String?, askedAt: Instant, purpose: Purpose, accessKind: String?, deferredUntil: CivilDate? = nil,
        deferralGround: String? = nil
    ) {
        self.askedBy = askedBy
        self.askedAt = askedAt
        self.purpose = purpose
        self.accessKind = accessKind
        self.deferredUntil = deferredUntil
        self.deferralGround = deferralGround
    }

    /// Reads the content of an access notice that was checked before; nil of another line. A text that holds a citizen's number,
    /// or the number or the name of the person, is left out, and a long one is cut.
    public init?(line: UnsafeRawBufferPointer) {
        let stated = try? JSONParser(maximumDepth: 16, maximumNodes: 4096).parse(Array(line)) {
            root -> StatedInquiry? in
            guard let content = root["content"], root["kind"]?.string == Kind.accessNotice.rawValue,
                let askedAt = content["askedAt"]?.string.flatMap({ Instant($0) }),
                let purpose = content["purpose"]?.string.flatMap({ Purpose(rawValue: $0) })
            else { return nil }
            let person = ["idNumber", "name"].compactMap { root["person"]?[member: $0]?.string.map { FoldedText($0) } }
            func text(_ name: String) -> String? {
                content[member: name]?.string.flatMap { Self.text($0, withoutNaming: person) }
            }
            return StatedInquiry(
                askedBy: text("askedBy"), askedAt: askedAt, purpose: purpose, accessKind: text("accessKind"),
                deferredUntil: content["deferredUntil"]?.string.flatMap { CivilDate($0) },
                deferralGround: text("deferralGround"))
        }
        guard let found = stated ?? nil else { return nil }
        self = found
    }

    private static func text(_ text: String, withoutNaming person: [FoldedText]) -> String? {
        let folded = FoldedText(text)
        guard !folded.holdsIdNumber, !person.contains(where: folded.holds),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        var cut = ""
        for scalar in text.unicodeScalars {
            guard cut.utf8.count + UTF8.width(scalar) <= longestText else { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut
    }
}
