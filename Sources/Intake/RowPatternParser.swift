/// Reads the text of a ``RowPattern``.
struct RowPatternParser {
    private static let mostScalars = 256
    private static let special = Set("()[]{}*+?|^$.\\".unicodeScalars)

    private var rest: [Unicode.Scalar]
    private var depth = 0

    init(_ text: String) { rest = text.unicodeScalars.reversed() }

    mutating func parse() throws(RowPattern.Mistake) -> (RowPattern.Node, isAnchored: Bool) {
        guard rest.count <= Self.mostScalars else {
            throw RowPattern.Mistake(message: "a pattern has at most \(Self.mostScalars) characters")
        }
        let isAnchored = take("^")
        let node = try alternatives()
        guard rest.isEmpty else { throw RowPattern.Mistake(message: "a `)` without its `(`") }
        if isAnchored, case .either = node {
            throw RowPattern.Mistake(message: "`^` before alternatives holds for the first only; write ^(a|b)")
        }
        return (node, isAnchored)
    }

    private mutating func alternatives() throws(RowPattern.Mistake) -> RowPattern.Node {
        var node = try sequence()
        while take("|") { node = .either(node, try sequence()) }
        return node
    }

    private mutating func sequence() throws(RowPattern.Mistake) -> RowPattern.Node {
        var node = RowPattern.Node.empty
        while let next = rest.last, next != "|", next != ")" { node = .sequence(node, try repeated()) }
        return node
    }

    private mutating func repeated() throws(RowPattern.Mistake) -> RowPattern.Node {
        let node = try atom()
        if take("*") { return .many(node, atLeastOnce: false) }
        if take("+") { return .many(node, atLeastOnce: true) }
        return take("?") ? .optional(node) : node
    }

    private mutating func atom() throws(RowPattern.Mistake) -> RowPattern.Node {
        guard let scalar = rest.popLast() else { throw RowPattern.Mistake(message: "the pattern ends too early") }
        switch scalar {
        case "(":
            let node = try alternatives()
            guard take(")") else { throw RowPattern.Mistake(message: "a `(` without its `)`") }
            return node
        case "[": return .one(try characterClass())
        case ".": return .one(.init(ranges: [0...0x10FFFF]))
        case "$": return .end
        case "\\": return .one(try escaped())
        case "^", "*", "+", "?", "{", "}", "]":
            throw RowPattern.Mistake(message: "`\(scalar)` cannot stand here; write \\\(scalar) for the character")
        default: return .one(.init(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func escaped() throws(RowPattern.Mistake) -> RowPattern.Scalars {
        guard let scalar = rest.popLast() else { throw RowPattern.Mistake(message: "the pattern ends after `\\`") }
        switch scalar {
        case "d": return .init(ranges: [0x30...0x39])
        case "s": return .init(ranges: [0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x3000...0x3000])
        case "-": return .init(ranges: [0x2D...0x2D])
        default:
            guard Self.special.contains(scalar) else { throw RowPattern.Mistake(message: "`\\\(scalar)` is not known") }
            return .init(ranges: [scalar.value...scalar.value])
        }
    }

    private mutating func characterClass() throws(RowPattern.Mistake) -> RowPattern.Scalars {
        var scalars = RowPattern.Scalars(ranges: [], isNegated: take("^"))
        while let scalar = rest.popLast(), scalar != "]" {
            if scalar == "\\" {
                scalars.ranges += try escaped().ranges
                continue
            }
            guard rest.count >= 2, rest.last == "-", rest[rest.count - 2] != "]" else {
                scalars.ranges.append(scalar.value...scalar.value)
                continue
            }
            rest.removeLast()
            guard let last = rest.popLast(), last.value >= scalar.value else {
                throw RowPattern.Mistake(message: "a range in `[…]` runs backwards")
            }
            scalars.ranges.append(scalar.value...last.value)
        }
        guard !scalars.ranges.isEmpty else { throw RowPattern.Mistake(message: "`[…]` is empty or has no `]`") }
        return scalars
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.last == scalar else { return false }
        rest.removeLast()
        return true
    }
}
