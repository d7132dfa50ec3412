/// Says of most entries that they are well-formed without building one: what a verifier does a few hundred thousand times a
/// second. It accepts only what ``AuditEntry/init(decoding:)`` accepts; of what it does not accept, that has the last word.
struct EntryScan {
    private let names = EntryNames()

    /// The sequence that the entry states; nil when it is not plain: not ASCII, with an escape, or not well-formed.
    func sequence(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
        Base64.values.withUnsafeBufferPointer { sequence(EntryCursor(bytes: bytes, values: $0)) }
    }

    private func sequence(_ start: EntryCursor) -> UInt64? {
        var cursor = start
        guard cursor.take(#"{"sequence":"#), let sequence = cursor.count(), cursor.take(#","time":""#), cursor.time(),
            cursor.take(#"","event":""#), let name = cursor.string(), let shape = names.shape(of: name),
            cursor.take(#","actor":{"organisation":""#), cursor.token()
        else { return nil }
        if cursor.take(#","person":""#), !cursor.token() { return nil }
        guard cursor.take("}"), let fields = cursor.fields(of: shape),
            shape.required.isSubset(of: fields), fields.isSubset(of: shape.allowed),
            details(&cursor, of: shape), cursor.take(#","nonce":""#), cursor.nonce(), cursor.take("}"), cursor.isAtEnd
        else { return nil }
        return sequence
    }

    private func details(_ cursor: inout EntryCursor, of shape: EntryNames.Shape) -> Bool {
        guard cursor.take(#","detail":{""#) else { return true }
        var last = -1
        repeat {
            guard let name = cursor.string(), let detail = names.detail(name), detail.rank > last,
                shape.details & 1 << UInt64(detail.rank) != 0, cursor.take(":\""), cursor.value(of: detail.form)
            else { return false }
            last = detail.rank
        } while cursor.take(#",""#)
        return cursor.take("}")
    }
}

/// The names in entries by their bytes.
final class EntryNames: Sendable {
    /// A class, so that finding one copies nothing.
    final class Shape: Named {
        let name: [UInt8]
        let required, allowed: AuditFields
        let outcomes: [[UInt8]]
        /// A bit for each detail, by rank.
        let details: UInt64

        init(_ event: AuditEvent, details: UInt64) {
            let shape = event.shape
            name = Array(event.rawValue.utf8)
            required = shape.required
            allowed = shape.required.union(shape.optional)
            outcomes = shape.outcomes.map { Array($0.utf8) }
            self.details = details
        }
    }

    final class Detail: Named {
        let name: [UInt8]
        /// Place in the order in which an entry has them.
        let rank: Int
        let form: AuditDetail.Form

        init(_ detail: AuditDetail, rank: Int) {
            name = Array(detail.rawValue.utf8)
            self.rank = rank
            form = detail.form
        }
    }

    protocol Named: AnyObject, Sendable { var name: [UInt8] { get } }

    private static let slots = 512
    private let shapes: [Shape?]
    private let details: [Detail?]

    init() {
        // A detail beyond the 64th has no bit: entries with it are read the slow way.
        let sorted = AuditDetail.allCases.sorted { $0.rawValue < $1.rawValue }.prefix(64)
        var details = [Detail?](repeating: nil, count: Self.slots)
        for (rank, detail) in sorted.enumerated() {
            Self.put(Detail(detail, rank: rank), in: &details)
        }
        self.details = details
        var shapes = [Shape?](repeating: nil, count: Self.slots)
        for event in AuditEvent.allCases {
            let shape = event.shape
            let bits = sorted.enumerated().reduce(UInt64(0)) {
                shape.details.contains($1.element) ? $0 | 1 << UInt64($1.offset) : $0
            }
            Self.put(Shape(event, details: bits), in: &shapes)
        }
        self.shapes = shapes
    }

    func shape(of name: UnsafeBufferPointer<UInt8>) -> Shape? { Self.find(name, in: shapes) }
    func detail(_ name: UnsafeBufferPointer<UInt8>) -> Detail? { Self.find(name, in: details) }

    private static func put<Value: Named>(_ value: Value, in table: inout [Value?]) {
        var slot = value.name.withUnsafeBufferPointer(hash)
        while table[slot] != nil { slot = (slot + 1) % slots }
        table[slot] = value
    }

    private static func find<Value: Named>(_ name: UnsafeBufferPointer<UInt8>, in table: [Value?]) -> Value? {
        var slot = hash(name)
        while let value = table[slot] {
            if value.name.elementsEqual(name) { return value }
            slot = (slot + 1) % slots
        }
        return nil
    }

    /// FNV-1a.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash ^ hash >> 16) % UInt32(slots))
    }
}

/// Walks the bytes of one entry. Every function says no, or gives nil, where the bytes are not what is due.
struct EntryCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    /// What each character of base64 stands for; 255 for others.
    private let values: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>, values: UnsafeBufferPointer<UInt8>) {
        (self.bytes, self.values) = (bytes, values)
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }

    /// A decimal number as entries have it, of at most 18 digits.
    mutating func count() -> UInt64? {
        var number: UInt64 = 0
        let start = position
        while position < bytes.count, position - start <= 18, bytes[position] &- 0x30 < 10 {
            number = number * 10 + UInt64(bytes[position] - 0x30)
            position += 1
        }
        let digits = position - start
        guard (1...18).contains(digits), digits == 1 || bytes[start] != 0x30 else { return nil }
        return number
    }

    /// What is left of a string, up to its quote, which is passed; plain ASCII only.
    mutating func string() -> UnsafeBufferPointer<UInt8>? {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 {
                position += 1
                return UnsafeBufferPointer(rebasing: bytes[start..<position - 1])
            }
            guard byte >= 0x20, byte < 0x7F, byte != 0x5C else { return nil }
            position += 1
        }
        return nil
    }

    /// `YYYY-MM-DDThh:mm:ss.mmmZ` from 1970 on, of a day that every month has, or any other that is written again the same.
    mutating func time() -> Bool {
        guard bytes.count - position >= AuditTime.byteCount else { return false }
        let text = UnsafeBufferPointer(rebasing: bytes[position..<position + AuditTime.byteCount])
        position += AuditTime.byteCount
        guard let time = AuditTime.parse(text) else { return false }
        func two(_ place: Int) -> UInt8 { (text[place] &- 0x30) &* 10 &+ (text[place + 1] &- 0x30) }
        let isPlain =
            (1...12).contains(two(5)) && (1...28).contains(two(8)) && two(11) < 24 && two(14) < 60 && two(17) < 60
            && text[4] == 0x2D && text[7] == 0x2D && text[10] == 0x54 && text[13] == 0x3A && text[16] == 0x3A
            && text[19] == 0x2E && text[23] == 0x5A
        if isPlain { return true }
        var again: [UInt8] = []
        AuditTime.append(time, to: &again)
        return again.elementsEqual(text)
    }

    mutating func token() -> Bool {
        guard let text = string() else { return false }
        return (1...128).contains(text.count) && text.allSatisfy { $0 != 0x20 } && !Self.holdsIdNumber(text)
    }

    mutating func fields(of shape: EntryNames.Shape) -> AuditFields? {
        var fields: AuditFields = []
        if take(#","purpose":""#) {
            guard token() else { return nil }
            fields.insert(.purpose)
        }
        if take(#","case":""#) {
            guard let text = string(), (1...128).contains(text.count) else { return nil }
            fields.insert(.caseReference)
        }
        if take(#","subject":""#) {
            guard base64(43, padding: 1) else { return nil }
            fields.insert(.subject)
        }
        if take(#","object":""#) {
            guard base64(43, padding: 1) else { return nil }
            fields.insert(.object)
        }
        if take(#","batch":""#) {
            guard token() else { return nil }
            fields.insert(.batch)
        }
        if take(#","outcome":""#) {
            guard let text = string(), shape.outcomes.contains(where: { $0.elementsEqual(text) }) else { return nil }
            fields.insert(.outcome)
        }
        if take(#","evidence":""#) {
            guard base64(43, padding: 1) else { return nil }
            fields.insert(.evidence)
        }
        return fields
    }

    mutating func value(of form: AuditDetail.Form) -> Bool {
        switch form {
        case .token: return token()
        case .count: return count() != nil && take("\"")
        case .digest: return base64(43, padding: 1)
        case .line:
            guard let text = string() else { return false }
            return (1...128).contains(text.count) && !Self.holdsIdNumber(text)
        }
    }

    /// 16 bytes that are not all zero.
    mutating func nonce() -> Bool {
        let start = position
        guard base64(22, padding: 2) else { return false }
        return bytes[start..<start + 22].contains { $0 != 0x41 }
    }

    /// So many characters of base64, so many `=` and the quote; the bits that the last character leaves over are zero.
    private mutating func base64(_ characters: Int, padding: Int) -> Bool {
        guard bytes.count - position > characters + padding else { return false }
        var last: UInt8 = 0
        for place in position..<position + characters {
            last = values[Int(bytes[place])]
            guard last < 64 else { return false }
        }
        position += characters
        guard last & (padding == 1 ? 0b11 : 0b1111) == 0 else { return false }
        return padding == 1 ? take("=\"") : take("==\"")
    }

    /// As ``AuditText/holdsIdNumber(_:)``.
    private static func holdsIdNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= 15 else { return false }
        var run = 0
        for byte in text {
            if byte &- 0x30 < 10 {
                run += 1
                continue
            }
            if run == 15 || run == 18 || (run == 17 && byte | 0x20 == 0x78) { return true }
            run = 0
        }
        return run == 15 || run == 18
    }
}
