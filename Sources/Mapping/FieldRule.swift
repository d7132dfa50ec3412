import Interchange
import Yams

/// How one target is filled.
struct FieldRule: Sendable {
    enum Origin: Sendable {
        /// One column, or several that a `concat` step joins.
        case columns([String], separator: [UInt8])
        case constant([UInt8])
        /// The id of a record that another mapping made.
        case record(RecordRule)
    }

    var target: Target
    var origin: Origin
    var steps: [Step] = []
    var table: CodeTable?
    var place: Place

    var columns: [String] {
        if case .columns(let names, _) = origin { return names }
        return []
    }
}

/// What makes two rows the same fact.
struct RecordRule: Sendable {
    struct Part: Sendable {
        var column: String
        /// Steps written with the key itself. Without them those of the column's field hold; a column that has none is
        /// brought to ``KeyForm``.
        var steps: [Step]?
        var place: Place
    }

    /// The kind of the record; the mapping's own when nil.
    var kind: Kind?
    /// The path of the target whose province is the home.
    var home: String
    var key: [Part]
    var place: Place
}

/// A place in the mapping's file, from 1.
struct Place: Sendable, Hashable {
    var line: Int
    var column: Int

    init(_ node: Node?) {
        line = node?.mark?.line ?? 1
        column = node?.mark?.column ?? 1
    }
}
