/// Columns that tell of reproduction, medicine or marriage. They are dropped at intake and counted as `FORBIDDEN_CONTENT`,
/// whatever a mapping says, and never stored.
public enum ForbiddenContent {
    /// A column whose name contains one of these words. `interchange.md`, section Violations.
    public static let words = ["孕", "避孕", "环检", "节育", "生育", "孩次", "子女", "抚养费", "妇检", "婚"]

    /// How registers abbreviate such columns where names must be short, as in a DBF: 婚姻状况, 婚姻状态, 子女数, 子女人数, 避孕措施,
    /// 避孕方法, 孕检情况, 是否怀孕, 生育状况, 节育措施, 计生证号. A mapping that gives a column of this name a label overrules it.
    public static let abbreviations: Set<String> = [
        "HYZK", "HYZT", "ZNS", "ZNRS", "BYCS", "BYFF", "YJQK", "SFHY", "SYZK", "JYCS", "JSZH",
    ]

    public static func isAbbreviation(_ name: String) -> Bool { abbreviations.contains(name.uppercased()) }

    public static func isForbidden(column name: String) -> Bool { words.contains { name.contains($0) } }
}

extension String {
    /// Whether the other text occurs in this one, code point by code point.
    fileprivate func contains(_ word: String) -> Bool {
        let (text, word) = (Array(utf8), Array(word.utf8))
        guard !word.isEmpty, text.count >= word.count else { return word.isEmpty }
        return (0...text.count - word.count).contains { text[$0..<$0 + word.count].elementsEqual(word) }
    }
}
