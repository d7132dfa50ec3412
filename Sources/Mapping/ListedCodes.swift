import Interchange

/// What the mapping language needs of a code list.
struct ListedCodes {
    let codes: Set<String>
    /// The names, then the codes themselves, then the aliases, each with its code.
    let pairs: [(word: String, code: String)]

    /// Nil when there is no such list.
    init?(_ id: String) {
        guard let list = CodeLists.standard.list(id) else { return nil }
        codes = Set(list.codes.keys)
        let named = list.codes.sorted { $0.key < $1.key }
        let listed = named.map { (word: $0.value, code: $0.key) } + named.map { (word: $0.key, code: $0.key) }
        let aliases = list.aliases.sorted { $0.key < $1.key }.map { (word: $0.key, code: $0.value) }
        var seen = Set<String>()
        pairs = (listed + aliases).filter { seen.insert($0.word).inserted }
    }
}
