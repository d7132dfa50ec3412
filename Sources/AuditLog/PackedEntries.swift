/// Entries as a store may keep them: of one that was made with an ``EntryForm`` only the form's number and what was filled in, about
/// a fifth of its bytes. Its sequence is its place. ``entries(_:forms:from:)`` gives back the bytes that the leaves are of.
public struct PackedEntries: Sendable {
    /// Stands where an entry was made without a form: its length in two bytes and its bytes follow.
    private static let whole: UInt8 = 255

    /// What was appended, one after another.
    public private(set) var bytes: [UInt8] = []
    private var forms: [EntryForm] = []
    private var last = 0

    public init() {}

    /// Enough to undo what is appended after it.
    public struct Mark: Sendable {
        fileprivate let bytes: Int
        fileprivate let forms: Int
    }

    public func mark() -> Mark { Mark(bytes: bytes.count, forms: forms.count) }

    public mutating func restore(_ mark: Mark) {
        bytes.removeLast(bytes.count - mark.bytes)
        forms.removeLast(forms.count - mark.forms)
        last = 0
    }

    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        forms.removeAll()
        last = 0
    }

    /// Appends an entry that was made without a form.
    /// - Throws: `entryTooLong`.
    public mutating func append(_ entry: [UInt8]) throws(AuditError) {
        bytes.append(Self.whole)
        do { try EntryBundle.append(entry, to: &bytes) } catch {
            bytes.removeLast()
            throw error
        }
    }

    /// Appends an entry that the form makes of these.
    /// - Parameter sequence: the entry's, for the case that there are too many forms.
    public mutating func append(
        _ form: EntryForm, sequence: UInt64, subject: Digest256, object: Digest256, nonce: AuditNonce
    ) throws(AuditError) {
        guard let number = number(of: form) else {
            var entry: [UInt8] = []
            form.append(sequence: sequence, subject: subject, object: object, nonce: nonce, to: &entry)
            return try append(entry)
        }
        bytes.append(number)
        if form.hasSubject { subject.append(to: &bytes) }
        if form.hasObject { object.append(to: &bytes) }
        withUnsafeBytes(of: (nonce.high, nonce.low)) { bytes.append(contentsOf: $0) }
    }

    private mutating func number(of form: EntryForm) -> UInt8? {
        if last < forms.count, forms[last] == form { return UInt8(last) }
        if let place = forms.firstIndex(of: form) {
            last = place
            return UInt8(place)
        }
        guard forms.count < Self.whole else { return nil }
        forms.append(form)
        last = forms.count - 1
        return UInt8(last)
    }

    /// The forms of entries that were appended, for ``leaves(of:forms:from:)``.
    public struct Forms: Sendable {
        fileprivate let all: [EntryForm]
    }

    public var madeWith: Forms { Forms(all: forms) }

    /// The leaf hashes of entries that were appended one after another.
    /// - Parameters:
    ///   - bytes: whole entries.
    ///   - first: the sequence of the first entry.
    public static func leaves(of bytes: ArraySlice<UInt8>, forms: Forms, from first: UInt64) -> [Digest256] {
        var (leaves, entry, rest): ([Digest256], [UInt8], ArraySlice<UInt8>) = ([], [], bytes)
        leaves.reserveCapacity(bytes.count / 81 + 1)
        while let number = rest.popFirst() {
            entry.removeAll(keepingCapacity: true)
            if number == whole {
                let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
                entry.append(contentsOf: rest.prefix(length))
                rest = rest.dropFirst(length)
            } else {
                forms.all[Int(number)].fill(&entry, first + UInt64(leaves.count), from: &rest)
            }
            leaves.append(Digest256.leaf(entry))
        }
        return leaves
    }

    /// The forms, for ``entries(_:forms:from:)``.
    public var encodedForms: [UInt8] {
        var out: [UInt8] = []
        for form in forms { form.encode(into: &out) }
        return out
    }

    /// Takes the entries apart. What is cut off or damaged comes as far as it goes, so that it is found damaged.
    /// - Parameter first: the sequence of the first entry.
    public static func entries(_ bytes: [UInt8], forms: [UInt8], from first: UInt64) -> [[UInt8]] {
        let forms = EntryForm.decode(forms)
        var (entries, rest): ([[UInt8]], ArraySlice<UInt8>) = ([], bytes[...])
        while let number = rest.popFirst() {
            if number == whole {
                guard rest.count >= 2 else { break }
                let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
                entries.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
                continue
            }
            guard Int(number) < forms.count,
                let entry = forms[Int(number)].entry(first + UInt64(entries.count), filledWith: &rest)
            else { break }
            entries.append(entry)
        }
        return entries
    }
}
