/// URIs of RFC 3986, appendix A, and IRIs of RFC 3987.
struct URIText {
    /// Whether characters beyond ASCII may stand for themselves.
    let allowsNonASCII: Bool

    /// `URI`: a reference with a scheme.
    func isURI(_ text: TextSlice) -> Bool {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), isScheme(text[..<colon]) else { return false }
        return isHierarchy(text[(colon + 1)...])
    }

    /// `URI-reference`.
    func isReference(_ text: TextSlice) -> Bool {
        if isURI(text) { return true }
        // Without a scheme the first segment of a relative path has no colon.
        let segment = text.prefix { !"/?#".utf8.contains($0) }
        return !segment.contains(UInt8(ascii: ":")) && isHierarchy(text)
    }

    private func isScheme(_ text: TextSlice) -> Bool {
        guard let first = text.first, first.isLetter else { return false }
        return text.allSatisfy { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
    }

    /// What follows the scheme.
    private func isHierarchy(_ text: TextSlice) -> Bool {
        var path = text
        if let hash = path.firstIndex(of: UInt8(ascii: "#")) {
            guard consists(path[(hash + 1)...], of: ":@/?") else { return false }
            path = path[..<hash]
        }
        if let mark = path.firstIndex(of: UInt8(ascii: "?")) {
            guard consists(path[(mark + 1)...], of: ":@/?") else { return false }
            path = path[..<mark]
        }
        if path.has("/", at: 0), path.has("/", at: 1) {
            let authority = path.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            guard isAuthority(authority) else { return false }
            path = path[authority.endIndex...]
        }
        return consists(path, of: ":@/")
    }

    private func isAuthority(_ text: TextSlice) -> Bool {
        var host = text
        if let at = text.lastIndex(of: UInt8(ascii: "@")) {
            guard consists(text[..<at], of: ":") else { return false }
            host = text[(at + 1)...]
        }
        if host.first == UInt8(ascii: "[") {
            guard let bracket = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = host[(host.startIndex + 1)..<bracket]
            return (HostText.isIPv6(address) || isFutureAddress(address)) && isPort(host[(bracket + 1)...])
        }
        let name = host.prefix { $0 != UInt8(ascii: ":") }
        return consists(name, of: "") && isPort(host[name.endIndex...])
    }

    private func isFutureAddress(_ text: TextSlice) -> Bool {
        guard text.has("v", at: 0) || text.has("V", at: 0), let dot = text.firstIndex(of: UInt8(ascii: ".")) else {
            return false
        }
        let version = text[(text.startIndex + 1)..<dot]
        let address = text[(dot + 1)...]
        return !version.isEmpty && version.allSatisfy(\.isHexadecimal) && !address.isEmpty
            && !address.contains(UInt8(ascii: "%")) && consists(address, of: ":")
    }

    private func isPort(_ text: TextSlice) -> Bool {
        text.isEmpty || text.first == UInt8(ascii: ":") && text.dropFirst().allSatisfy(\.isDigit)
    }

    /// Whether all is `unreserved`, `sub-delims`, percent-encoded or one of the extra characters.
    private func consists(_ text: TextSlice, of extra: String) -> Bool {
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            if byte == UInt8(ascii: "%") {
                guard position + 2 < text.endIndex, text[position + 1].isHexadecimal, text[position + 2].isHexadecimal
                else { return false }
                position += 2
            } else if byte >= 0x80 {
                guard allowsNonASCII else { return false }
            } else if !byte.isLetter, !byte.isDigit {
                guard "-._~!$&'()*+,;=".utf8.contains(byte) || extra.utf8.contains(byte) else { return false }
            }
            position += 1
        }
        return true
    }
}
