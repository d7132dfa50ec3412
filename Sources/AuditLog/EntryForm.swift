/// Many entries that differ only in sequence, subject, object and nonce, such as those of one chunk or batch: checked and
/// written once, and then filled in. What comes out is what ``AuditEntry/encode(into:)`` would write.
public struct EntryForm: Sendable, Hashable {
    /// Before and behind what is filled in. An object, so that to find a form again is to compare two addresses.
    private final class Text: Sendable, Hashable {
        let front: [UInt8]
        let back: [UInt8]

        init(front: [UInt8], back: [UInt8]) { (self.front, self.back) = (front, back) }

        static func == (left: Text, right: Text) -> Bool {
            left === right || left.front == right.front && left.back == right.back
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(front)
            hasher.combine(back)
        }
    }

    private let text: Text
    let hasSubject: Bool
    let hasObject: Bool

    private var front: [UInt8] { text.front }
    private var back: [UInt8] { text.back }

    /// - Parameters:
    ///   - entry: its sequence, subject, object and nonce are not looked at.
    ///   - hasSubject, hasObject: whether every one of the entries has them.
    /// - Throws: what ``AuditEntry/validate()`` throws.
    public init(_ entry: AuditEntry, hasSubject: Bool, hasObject: Bool) throws(AuditError) {
        var whole = entry
        whole.subject = hasSubject ? .zero : nil
        whole.object = hasObject ? .zero : nil
        whole.nonce = AuditNonce(high: 1, low: 1)
        try whole.validate()
        var (front, back): ([UInt8], [UInt8]) = ([], [])
        whole.encodeFront(into: &front)
        whole.encodeBack(into: &back)
        text = Text(front: front, back: back)
        self.hasSubject = hasSubject
        self.hasObject = hasObject
    }

    /// Appends one entry.
    /// - Parameters:
    ///   - subject, object: not looked at where the form has none.
    public func append(
        sequence: UInt64, subject: Digest256, object: Digest256, nonce: AuditNonce, to out: inout [UInt8]
    ) {
        AuditEntry.append(sequence: sequence, to: &out)
        out.append(contentsOf: front)
        if hasSubject { AuditEntry.append(subject: subject, to: &out) }
        if hasObject { AuditEntry.append(object: object, to: &out) }
        out.append(contentsOf: back)
        AuditEntry.append(nonce: nonce, to: &out)
    }
}

extension EntryForm {
    /// Two lengths of two bytes each, what the entries have, and the two pieces.
    func encode(into out: inout [UInt8]) {
        for length in [front.count, back.count] {
            out += [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        }
        out.append((hasSubject ? 1 : 0) | (hasObject ? 2 : 0))
        out += front
        out += back
    }

    /// The forms as far as they can be read.
    static func decode(_ bytes: [UInt8]) -> [EntryForm] {
        var (forms, rest): ([EntryForm], ArraySlice<UInt8>) = ([], bytes[...])
        while rest.count >= 5 {
            let head = Array(rest.prefix(5))
            let (front, back) = (Int(head[0]) << 8 | Int(head[1]), Int(head[2]) << 8 | Int(head[3]))
            rest = rest.dropFirst(5)
            guard rest.count >= front + back else { break }
            forms.append(
                EntryForm(
                    front: Array(rest.prefix(front)), back: Array(rest.dropFirst(front).prefix(back)),
                    hasSubject: head[4] & 1 != 0, hasObject: head[4] & 2 != 0))
            rest = rest.dropFirst(front + back)
        }
        return forms
    }

    private init(front: [UInt8], back: [UInt8], hasSubject: Bool, hasObject: Bool) {
        text = Text(front: front, back: back)
        (self.hasSubject, self.hasObject) = (hasSubject, hasObject)
    }

    /// The entry that was packed at the front of the bytes, which it takes; nil when they are too few.
    func entry(_ sequence: UInt64, filledWith rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.count >= width else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(front.count + back.count + 200)
        fill(&out, sequence, from: &rest)
        return out
    }

    /// Bytes that an entry is packed in.
    private var width: Int { (hasSubject ? 32 : 0) + (hasObject ? 32 : 0) + 16 }

    /// Appends the entry that was packed at the front of the bytes, which it takes: at least ``width``.
    func fill(_ out: inout [UInt8], _ sequence: UInt64, from rest: inout ArraySlice<UInt8>) {
        rest.withUnsafeBytes { bytes in
            var place = 0
            func digest() -> Digest256 {
                defer { place += Digest256.byteCount }
                return Digest256(reading: UnsafeRawBufferPointer(rebasing: bytes[place...]))
            }
            let subject = hasSubject ? digest() : .zero
            let object = hasObject ? digest() : .zero
            let nonce = AuditNonce(
                high: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self),
                low: bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
            append(sequence: sequence, subject: subject, object: object, nonce: nonce, to: &out)
        }
        rest = rest.dropFirst(width)
    }
}
