/// JSON Pointers (RFC 6901), as text and in URI fragments.
enum JSONPointer {
    /// The reference token of a member's name or an index.
    static func token(_ name: some StringProtocol) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return String(name)
        }
        var token = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(scalar)
            }
        }
        return token
    }

    /// The names that a pointer passes; nil when it does not begin with a slash.
    static func names(of pointer: String) -> [String]? {
        if pointer.isEmpty { return [] }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        return pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            unescaped(Array($0))
        }
    }

    private static func unescaped(_ token: [UInt8]) -> String {
        var name: [UInt8] = []
        var position = 0
        while position < token.count {
            if token[position] == UInt8(ascii: "~"), position + 1 < token.count {
                position += 1
                name.append(token[position] == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
            } else {
                name.append(token[position])
            }
            position += 1
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// A fragment's text, percent-decoded; nil when an escape is broken or the result is not UTF-8.
    static func decoded(fragment: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(fragment.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
