/// Where a tile or an entry bundle stands, in the C2SP `tlog-tiles` layout with tiles of height 8.
public struct TilePath: Sendable, Hashable {
    /// What the resource holds.
    public enum Content: Sendable, Hashable {
        /// Hashes of the tree, at tile level 0 (leaves) to 63.
        case hashes(level: Int)
        /// The entries under a tile of level 0.
        case entries
    }

    /// Hashes of a full tile, and entries of a full bundle.
    public static let fullWidth = 256

    public var content: Content
    public var index: UInt64
    /// 1 to 256; below 256 the tile is partial.
    public var width: Int

    public init(_ content: Content, index: UInt64, width: Int = fullWidth) {
        self.content = content
        self.index = index
        self.width = width
    }

    /// How wide the tile of this level and index is in a tree of `size` leaves: 0 when the tree does not reach it.
    public static func width(level: Int, index: UInt64, size: UInt64) -> Int {
        let hashes = level < 8 ? size >> UInt64(8 * level) : 0
        let start = index.multipliedReportingOverflow(by: 256)
        guard !start.overflow, start.partialValue < hashes else { return 0 }
        return Int(min(hashes - start.partialValue, 256))
    }
}

extension TilePath: CustomStringConvertible {
    /// `tile/0/x001/234`, `tile/entries/005.p/112`.
    public var description: String {
        let kind =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        var elements = [Self.padded(index % 1000)]
        var rest = index / 1000
        while rest > 0 {
            elements.append("x" + Self.padded(rest % 1000))
            rest /= 1000
        }
        let partial = width < Self.fullWidth ? ".p/\(width)" : ""
        return "tile/\(kind)/\(elements.reversed().joined(separator: "/"))\(partial)"
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// Reads a path as ``description`` writes it, and nothing else: no leading zeros, no other encoding of an index.
    public init(parsing path: String) throws(AuditError) {
        guard let parsed = Self.parse(path), parsed.description == path else {
            throw AuditError(.pathMalformed, "This is not a path of a tile or of an entry bundle.")
        }
        self = parsed
    }

    private static func parse(_ path: String) -> TilePath? {
        var elements = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard elements.popFirst() == "tile", let kind = elements.popFirst() else { return nil }
        var width = fullWidth
        if elements.count >= 2, elements[elements.endIndex - 2].hasSuffix(".p") {
            guard let given = elements.popLast().flatMap({ Int($0) }), (1..<fullWidth).contains(given) else {
                return nil
            }
            width = given
            elements.append(elements.removeLast().dropLast(2))
        }
        guard let index = index(of: elements) else { return nil }
        if kind == "entries" { return TilePath(.entries, index: index, width: width) }
        guard let level = Int(kind), (0...63).contains(level) else { return nil }
        return TilePath(.hashes(level: level), index: index, width: width)
    }

    private static func index(of elements: ArraySlice<Substring>) -> UInt64? {
        guard (1...7).contains(elements.count) else { return nil }
        var index: UInt64 = 0
        for element in elements {
            let digits = element.hasPrefix("x") ? element.dropFirst() : element
            guard digits.utf8.count == 3, let number = UInt64(digits) else { return nil }
            let (scaled, overflow) = index.multipliedReportingOverflow(by: 1000)
            let (sum, carried) = scaled.addingReportingOverflow(number)
            guard !overflow, !carried else { return nil }
            index = sum
        }
        return index
    }
}
