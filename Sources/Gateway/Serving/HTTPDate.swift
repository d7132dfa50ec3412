import Interchange

/// The time of a message as its `Date` field says it (RFC 9110, section 5.6.7), made once a second.
struct HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var second = Int64.min
    private var text = ""

    /// - Parameter now: after 1970.
    mutating func text(at now: Instant) -> String {
        let current = now.milliseconds / 1_000
        if current != second { (second, text) = (current, Self.write(Instant(seconds: current))) }
        return text
    }

    private static func write(_ now: Instant) -> String {
        // `YYYY-MM-DDThh:mm:ss`, whatever follows.
        let written = Array(now.description.utf8)
        func part(_ range: Range<Int>) -> Substring { Substring(decoding: written[range], as: UTF8.self) }
        let weekday = days[Int(now.milliseconds / 86_400_000 % 7)]
        let month = months[(Int(part(5..<7)) ?? 1) - 1]
        return "\(weekday), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}
