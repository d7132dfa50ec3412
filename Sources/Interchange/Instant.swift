#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. On the wire: RFC 3339 in UTC with `Z`.
public struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public init(seconds: Int64) { milliseconds = seconds * 1000 }

    /// The system's clock. Only what chooses the clock calls this; everything else is handed a ``WallClock``.
    public static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// `YYYY-MM-DDThh:mm:ssZ`, with an optional fraction of which milliseconds are kept. Nil for another offset than `Z`.
    public init?(_ text: some StringProtocol) { self.init(utf8: Array(text.utf8)) }

    /// As the generic one, for the paths that every record takes.
    public init?(utf8 text: UnsafeRawBufferPointer) {
        guard text.count == 20 else {
            self.init(utf8: text[...])
            return
        }
        guard text[10] == 0x54, text[13] == 0x3A, text[16] == 0x3A, text[19] == 0x5A,
            let date = CivilDate(utf8: UnsafeRawBufferPointer(rebasing: text[..<10])),
            let hour = Self.two(text, 11), let minute = Self.two(text, 14), let second = Self.two(text, 17),
            hour < 24, minute < 60, second < 60
        else { return nil }
        self.init(seconds: Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    }

    public init?(utf8 text: some RandomAccessCollection<UInt8>) {
        guard text.count >= 20, Self.byte(text, 10) == 0x54, Self.byte(text, 13) == 0x3A, Self.byte(text, 16) == 0x3A,
            Self.byte(text, text.count - 1) == 0x5A,
            let date = CivilDate(utf8: text.prefix(10)),
            let hour = Self.two(text, 11), let minute = Self.two(text, 14), let second = Self.two(text, 17),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = 0
        if text.count > 20 {
            guard Self.byte(text, 19) == 0x2E, text.count > 21 else { return nil }
            for place in 20..<text.count - 1 {
                let digit = Self.byte(text, place)
                guard (0x30...0x39).contains(digit) else { return nil }
                if place < 23 { fraction = fraction * 10 + Int(digit - 0x30) }
            }
            for _ in 0..<max(0, 24 - text.count) { fraction *= 10 }
        }
        let day = Int64(date.daysSince1970)
        milliseconds = (day * 86_400 + Int64(hour * 3600 + minute * 60 + second)) * 1000 + Int64(fraction)
    }

    /// Seconds since 1970, rounded down.
    public var seconds: Int64 { (milliseconds - (milliseconds % 1000 + 1000) % 1000) / 1000 }

    /// The day that this instant falls on in Asia/Shanghai (UTC+8, no daylight saving since 1991).
    public var dayInShanghai: CivilDate {
        let local = seconds + 8 * 3600
        return CivilDate(daysSince1970: Int((local - (local % 86_400 + 86_400) % 86_400) / 86_400))
    }

    /// The instant that begins the day in Asia/Shanghai.
    public init(startOf day: CivilDate) { self.init(seconds: Int64(day.daysSince1970) * 86_400 - 8 * 3_600) }

    public func adding(milliseconds added: Int64) -> Instant { Instant(milliseconds: milliseconds + added) }
    public func adding(seconds added: Int64) -> Instant { Instant(milliseconds: milliseconds + added * 1000) }

    /// The 20 ASCII bytes of ``description``: whole seconds.
    public func append(to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: Self.length, alignment: 1) { text in
            var writer = TextWriter(text)
            writer.put(self)
            out.append(contentsOf: UnsafeRawBufferPointer(text))
        }
    }

    /// Characters of an instant.
    private static let length = 20

    /// RFC 3339 in UTC, whole seconds: `2026-06-30T08:00:00Z`.
    public var description: String {
        var out: [UInt8] = []
        append(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    private static func byte(_ text: some RandomAccessCollection<UInt8>, _ at: Int) -> UInt8 {
        text[text.index(text.startIndex, offsetBy: at)]
    }

    private static func two(_ text: some RandomAccessCollection<UInt8>, _ at: Int) -> Int? {
        let first = byte(text, at)
        let second = byte(text, at + 1)
        guard (0x30...0x39).contains(first), (0x30...0x39).contains(second) else { return nil }
        return Int(first - 0x30) * 10 + Int(second - 0x30)
    }
}

/// Where the time comes from: the system's clock in the daemon, one that a test moves by hand in tests.
public typealias WallClock = @Sendable () -> Instant
