/// One step of machine code, 32 bytes. What the operands mean is told by the code.
struct Operation: Sendable {
    var code: Code
    /// The kinds of value that are allowed, one bit for each `JSONView.Kind`: a `type` that was fused into this step.
    var kinds: UInt8 = 0xFF
    var first: Int32 = 0
    var second: Int32 = 0
    var value: UInt64 = 0
    var other: UInt64 = 0

    /// Assertions on the value itself, then those on its parts, then those that choose.
    enum Code: UInt8, Sendable {
        /// Only the kinds.
        case type
        /// String in word table `first`.
        case oneOfStrings
        /// Pattern `first` of the automata.
        case pattern
        /// `first` to `second` characters.
        case length
        case date
        case dateTime
        /// A number from `value` to `other`, both `Int`; `first` is the rule of a bound for numbers not read as `Int`.
        case range
        /// Rule `first`, as the evaluator applies it.
        case rule

        /// `first` to `second` items.
        case itemCount
        /// Site `first` for every item from position `second`.
        case items
        /// Site `first` for the item at position `second`.
        case item
        /// The members of mask `value`.
        case required
        /// Site `second` for the member of slot `first`.
        case member
        /// Operation `second`, a lone assertion, for the member of slot `first`.
        case leafMember
        /// The members of mask `value` count as evaluated.
        case mark
        case markAll
        /// No members but those of mask `value`.
        case closed
        /// No members that have not been evaluated.
        case unevaluatedClosed

        /// Operations of range `first`, with evaluated members of their own.
        case scoped
        /// One of the `second` ranges from `first`; all are tried when `value` is not zero.
        case anyOf
        /// Exactly one of the `second` ranges from `first`.
        case oneOf
        /// Not range `first`.
        case not
        /// Range `first` decides between the two that follow it.
        case condition
        /// Subschema `first`, as the evaluator applies it.
        case general
        case fail
    }
}

/// A schema as it is applied to an instance, with everything that it applies to the same instance.
struct Site: Sendable {
    var operations = OperationRange()
    /// The word table of the member names; negative when no name matters.
    var names: Int32 = -1
    /// The first of the members' duties, one for each name; says nothing when no name matters.
    var duties: Int32 = 0
    /// Whether all operations are assertions on the value itself.
    var isLeaf = false
}

/// What holds for a member whenever it is present: checked as soon as the member is found.
struct MemberDuty: Sendable {
    /// Assertions on the member's value itself.
    var leaves = OperationRange()
    /// The site that the value must keep besides; negative when there is none.
    var site: Int32 = -1
}

struct OperationRange: Sendable {
    var start: Int32 = 0
    var end: Int32 = 0
}

extension OperationRange {
    var isEmpty: Bool { start == end }
}
