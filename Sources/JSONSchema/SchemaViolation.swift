/// One way in which an instance breaks a schema. Holds names and places, never the instance's values.
public struct SchemaViolation: Sendable, Hashable {
    /// The keyword that failed; `false` for a schema that is the boolean false.
    public let keyword: String
    /// Where in the instance, a JSON Pointer (RFC 6901). For a missing or unknown member, the object's place.
    public let instanceLocation: String
    /// The keyword's place as reached from the root schema through references, a JSON Pointer.
    public let keywordLocation: String
    /// The keyword's own place: the URI of its resource and a JSON Pointer; nil when the resource has no URI.
    public let absoluteKeywordLocation: String?
    /// The missing or unknown member's name.
    public let member: String?
    /// One sentence in English that repeats no value of the instance.
    public let message: String

    public init(
        keyword: String, instanceLocation: String, keywordLocation: String, absoluteKeywordLocation: String?,
        member: String?, message: String
    ) {
        self.keyword = keyword
        self.instanceLocation = instanceLocation
        self.keywordLocation = keywordLocation
        self.absoluteKeywordLocation = absoluteKeywordLocation
        self.member = member
        self.message = message
    }
}
