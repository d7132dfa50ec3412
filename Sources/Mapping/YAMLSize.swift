import Yams

/// Bounds of what a mapping's YAML may stand for. An alias repeats what its anchor holds, so that a short text can stand for
/// more than a machine has memory for.
enum YAMLSize {
    static let mostAliases = 16
    static let mostNodes = 100_000

    /// How many aliases the text may have at most: `*` where a value can begin. One in a quoted or block text is counted too.
    static func aliases(in yaml: String) -> Int {
        var count = 0
        var mayBegin = true
        var previous: UInt8 = 0x0A
        for byte in yaml.utf8 {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: mayBegin = mayBegin || byte == 0x0A || ":-?,[{".utf8.contains(previous)
            case 0x2A where mayBegin || "[{,:".utf8.contains(previous):
                count += 1
                mayBegin = false
            default: mayBegin = false
            }
            if byte != 0x20 && byte != 0x09 || !mayBegin { previous = byte }
        }
        return count
    }

    static func isWithinLimit(_ root: Node) -> Bool {
        var left = mostNodes
        return count(root, &left)
    }

    private static func count(_ node: Node, _ left: inout Int) -> Bool {
        left -= 1
        if left < 0 { return false }
        if let mapping = node.mapping {
            for (key, value) in mapping where !count(key, &left) || !count(value, &left) { return false }
        } else if let sequence = node.sequence {
            for item in sequence where !count(item, &left) { return false }
        }
        return true
    }
}
