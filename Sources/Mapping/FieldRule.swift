import Interchange
import Yams

/// How one target is filled.
struct FieldRule: Sendable {
    enum Origin: Sendable {
        /// One column, or several that a `concat` or `firstOf` step makes one of.
        case columns([String], join: Join)
        case constant([UInt8])
        /// The id of a record that another mapping made.
        case record(RecordRule)
    }

    /// How several columns become one value.
    enum Join: Sendable, Hashable {
        case separator([UInt8])
        case firstOf
    }

    var target: Target
    var origin: Origin
    var steps: [Step] = []
    /// Where each step is named.
    var stepPlaces: [Place] = []
    var table: CodeTable?
    /// What stands between the items of a list; nil when the value is one item.
    var listSeparator: [UInt8]?
    var place: Place

    var columns: [String] {
        if case .columns(let names, _) = origin { return names }
        return []
    }

    var constant: [UInt8]? {
        if case .constant(let text) = origin { return text }
        return nil
    }

    /// What stands between the items of a list in a rule's value: U+001F, the separator that ASCII has for it.
    static let itemSeparator: UInt8 = 0x1F
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
struct Place: Sendable, Hashable, Comparable {
    var line: Int
    var column: Int

    init(_ node: Node?) {
        line = node?.mark?.line ?? 1
        column = node?.mark?.column ?? 1
    }

    static func < (left: Place, right: Place) -> Bool { (left.line, left.column) < (right.line, right.column) }
}
