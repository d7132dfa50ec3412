/// Reads a pattern of ECMA-262, section 22.2.1, with the `u` flag and without annex B.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    /// Whether only the syntax is asked for: then Unicode properties are not written out.
    let isSyntaxOnly: Bool
    private var position = 0
    private var depth = 0

    /// Groups that may be nested.
    private static let maximumDepth = 100
    /// The largest bound of a repetition.
    static let maximumRepetition = 10_000

    /// Whether the text is a pattern, in time linear in it.
    static func isPattern(_ source: String) -> Bool { (try? parse(source, isSyntaxOnly: true)) != nil }

    static func parse(_ source: String, isSyntaxOnly: Bool = false) throws(PatternError) -> PatternNode {
        var parser = PatternParser(scalars: Array(source.unicodeScalars), isSyntaxOnly: isSyntaxOnly)
        let node = try parser.alternatives()
        guard parser.position == parser.scalars.count else { throw PatternError(message: "a ) has no (") }
        return node
    }

    private init(scalars: [Unicode.Scalar], isSyntaxOnly: Bool) {
        self.scalars = scalars
        self.isSyntaxOnly = isSyntaxOnly
    }

    // MARK: Reading

    var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func next() -> Unicode.Scalar? {
        guard position < scalars.count else { return nil }
        position += 1
        return scalars[position - 1]
    }

    mutating func take(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        guard scalars[position...].starts(with: text) else { return false }
        position += text.count
        return true
    }

    // MARK: Grammar

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        var nodes = [try sequence()]
        while take("|") { nodes.append(try sequence()) }
        return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = peek, scalar != "|", scalar != ")" { nodes.append(try term()) }
        return .sequence(nodes)
    }

    private mutating func term() throws(PatternError) -> PatternNode {
        let atom = try atom()
        guard let bounds = try quantifier() else { return atom }
        if case .assertion = atom { throw PatternError(message: "a quantifier follows an assertion") }
        if case .unsupported("look-around") = atom { throw PatternError(message: "a quantifier follows an assertion") }
        _ = take("?")
        return .repetition(atom, atLeast: bounds.least, atMost: bounds.most)
    }

    private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let least = try number() else { throw PatternError(message: "a { begins no quantifier") }
        if take("}") { return (least, least) }
        guard take(",") else { throw PatternError(message: "a { begins no quantifier") }
        if take("}") { return (least, nil) }
        guard let most = try number(), take("}") else { throw PatternError(message: "a { begins no quantifier") }
        guard least <= most else { throw PatternError(message: "the bounds of a quantifier are in the wrong order") }
        return (least, most)
    }

    private mutating func number() throws(PatternError) -> Int? {
        var value: Int?
        while let scalar = peek, ("0"..."9").contains(scalar) {
            position += 1
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            guard let value, value <= Self.maximumRepetition else {
                throw PatternError(message: "a repetition goes beyond \(Self.maximumRepetition)")
            }
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let scalar = next() else { throw PatternError(message: "the pattern ends too early") }
        switch scalar {
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case ".": return .set(ScalarSet.lineEnds.inverted)
        case "(": return try group()
        case "[": return .set(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?", "{": throw PatternError(message: "a quantifier has nothing to repeat")
        case "}", "]": throw PatternError(message: "a \(scalar) must be escaped")
        default: return .set(ScalarSet(scalar.value))
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        var isLookaround = false
        if take("?=") || take("?!") || take("?<=") || take("?<!") {
            isLookaround = true
        } else if take("?<") {
            try groupName()
        } else if take("?"), !take(":") {
            throw PatternError(message: "an unknown kind of group")
        }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw PatternError(message: "groups are nested too deep") }
        let node = try alternatives()
        guard take(")") else { throw PatternError(message: "a ( has no )") }
        return isLookaround ? .unsupported("look-around") : node
    }

    /// Skips a name up to its `>`.
    mutating func groupName() throws(PatternError) {
        var isFirst = true
        while let scalar = next() {
            if scalar == ">", !isFirst { return }
            let isAllowed = isFirst ? scalar.properties.isIDStart : scalar.properties.isIDContinue
            guard isAllowed || scalar == "_" || scalar == "$" else { break }
            isFirst = false
        }
        throw PatternError(message: "a group has no proper name")
    }
}
