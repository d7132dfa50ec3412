import Interchange

/// The front of a line, up to what ``Draft/fixed`` holds: made once, and changed where rows differ.
struct EnvelopeFront {
    private(set) var bytes: [UInt8]
    private let fromAt, toAt, recordAt, issuedAtAt, retainUntilAt: Int
    private var issuedAt = Instant(milliseconds: 0)
    private var retainUntil = CivilDate(daysSince1970: 0)
    private var scratch: [UInt8] = []

    init(kind: Kind) {
        var out: [UInt8] = []
        func place(_ before: String, _ count: Int) -> Int {
            out.append(contentsOf: before.utf8)
            out.append(contentsOf: [UInt8](repeating: 0x30, count: count))
            return out.count - count
        }
        fromAt = place(
            #"{"interchange":"1.0","id":"00000000-0000-7000-8000-000000000000","kind":"\#(kind.rawValue)","from":""#, 2)
        toAt = place(#"","to":""#, 2)
        recordAt = place(#"","record":""#, 32)
        issuedAt.append(to: &scratch)
        issuedAtAt = place(#"","version":1,"issuedAt":""#, scratch.count)
        out.replaceSubrange(issuedAtAt..., with: scratch)
        scratch.removeAll()
        retainUntil.append(to: &scratch)
        retainUntilAt = place(#"","retainUntil":""#, scratch.count)
        out.replaceSubrange(retainUntilAt..., with: scratch)
        _ = place(#"","salt":"AAAAAAAAAAAAAAAAAAAAAA","#, 0)
        bytes = out
    }

    mutating func set(from: Province, to: Province, record: RecordID, issuedAt: Instant, retainUntil: CivilDate) {
        if issuedAt.seconds != self.issuedAt.seconds {
            self.issuedAt = issuedAt
            put(at: issuedAtAt) { issuedAt.append(to: &$0) }
        }
        if retainUntil != self.retainUntil {
            self.retainUntil = retainUntil
            put(at: retainUntilAt) { retainUntil.append(to: &$0) }
        }
        bytes.withUnsafeMutableBytes { bytes in
            (bytes[fromAt], bytes[fromAt + 1]) = Self.digits(from)
            (bytes[toAt], bytes[toAt + 1]) = Self.digits(to)
            record.write(to: UnsafeMutableRawBufferPointer(rebasing: bytes[recordAt..<recordAt + 32]))
        }
    }

    /// Each has the same length whatever it says: instants are written to the second.
    private mutating func put(at place: Int, _ write: (inout [UInt8]) -> Void) {
        scratch.removeAll(keepingCapacity: true)
        write(&scratch)
        for (offset, byte) in scratch.enumerated() { bytes[place + offset] = byte }
    }

    private static func digits(_ province: Province) -> (UInt8, UInt8) {
        (0x30 + province.number / 10, 0x30 + province.number % 10)
    }
}
