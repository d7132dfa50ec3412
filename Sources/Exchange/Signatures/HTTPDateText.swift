import Interchange

/// Reads a date of HTTP in its three forms (RFC 9110, section 5.6.7). The weekday is not held against the date.
enum HTTPDateText {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter now: a year of two digits is at most 50 years after it.
    /// - Returns: nil for what has none of the forms.
    static func instant(_ text: String, at now: Instant) -> Instant? {
        let words = text.split(separator: " ")
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT
        case 6 where words[0].hasSuffix(",") && words[5] == "GMT":
            return instant(words[3], words[2], words[1], words[4])
        // Sunday, 06-Nov-94 08:49:37 GMT
        case 4 where words[0].hasSuffix(",") && words[3] == "GMT":
            let parts = words[1].split(separator: "-")
            guard parts.count == 3, parts[2].utf8.count == 2, let year = Int(parts[2]) else { return nil }
            let current = now.dayInShanghai.year
            let near = current - current % 100 + year
            return instant("\(near > current + 50 ? near - 100 : near)", parts[1], parts[0], words[2])
        // Sun Nov  6 08:49:37 1994
        case 5: return instant(words[4], words[1], words[2].utf8.count == 1 ? "0\(words[2])" : words[2], words[3])
        default: return nil
        }
    }

    private static func instant(
        _ year: some StringProtocol, _ month: Substring, _ day: some StringProtocol, _ time: Substring
    ) -> Instant? {
        guard let place = months.firstIndex(of: String(month)) else { return nil }
        return Instant("\(year)-\(place < 9 ? "0" : "")\(place + 1)-\(day)T\(time)Z")
    }
}
