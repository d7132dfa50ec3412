/// Columns that tell of reproduction, medicine or marriage. They are dropped at intake and counted as `FORBIDDEN_CONTENT`,
/// whatever a mapping says, and never stored.
public enum ForbiddenContent {
    /// A column whose name contains one of these words. `interchange.md`, section Violations.
    public static let words = ["孕", "避孕", "环检", "节育", "生育", "孩次", "子女", "抚养费", "妇检", "婚"]

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
