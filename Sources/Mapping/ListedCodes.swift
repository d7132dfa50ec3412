import Interchange

/// What the mapping language needs of a code list.
struct ListedCodes {
    let codes: Set<String>
    /// Names, aliases and the codes themselves, each with its code.
    let words: [String: String]

    /// Nil when there is no such list.
    init?(_ id: String) {
        guard let list = CodeLists.standard.list(id) else { return nil }
        codes = Set(list.codes.keys)
        var words = list.aliases
        for (code, name) in list.codes {
            words[name] = code
            words[code] = code
        }
        self.words = words
    }
}
