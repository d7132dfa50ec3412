/// What a log says about itself at one size, in the C2SP `tlog-checkpoint` form.
public struct Checkpoint: Sendable, Hashable {
    /// The log's identity: one line, by custom a URL without its scheme.
    public let origin: String
    public let size: UInt64
    public let root: Digest256
    /// Opaque lines after the root; this product writes none.
    public let extensions: [String]

    /// - Throws: `checkpointMalformed` when the origin or an extension is empty or is more than a line.
    public init(origin: String, size: UInt64, root: Digest256, extensions: [String] = []) throws(AuditError) {
        guard ([origin] + extensions).allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
            throw Self.malformed
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The note's text: origin, size, root, each on a line.
    public var text: String {
        ([origin, String(size), root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    /// Reads a note's text as ``text`` writes it.
    /// - Throws: `checkpointMalformed`: a line is missing or empty, the size has leading zeros, or the root is not 32 bytes.
    public init(text: String) throws(AuditError) {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard lines.popLast()?.isEmpty == true, lines.count >= 3, let size = UInt64(lines[1]), String(size) == lines[1],
            let root = Digest256(base64: lines[2])
        else { throw Self.malformed }
        try self.init(origin: lines[0], size: size, root: root, extensions: Array(lines.dropFirst(3)))
    }

    private static var malformed: AuditError { AuditError(.checkpointMalformed, "This is not a log's checkpoint.") }
}

extension Checkpoint {
    /// The checkpoint as a signed note. A log signs a size only once it is durable, and never one size with two roots:
    /// that is the caller's to hold.
    public func signed(by signer: NoteSigner) throws(AuditError) -> SignedNote {
        var note = try SignedNote(text: text)
        try note.sign(with: signer)
        return note
    }

    /// Reads a signed checkpoint and verifies it.
    /// - Parameters:
    ///   - note: the bytes as they came.
    ///   - keys: the log's keys that are trusted; at least one must have signed.
    ///   - origin: the origin that is expected; nil takes any.
    /// - Throws: `noteMalformed`, `noteUnsigned`, `signatureInvalid`, `checkpointMalformed` or `originUnexpected`.
    public static func open(
        _ note: some Collection<UInt8>, keys: [NoteVerifierKey], origin: String? = nil
    ) throws(AuditError) -> Checkpoint {
        let note = try SignedNote(parsing: note)
        _ = try note.verified(by: keys)
        let checkpoint = try Checkpoint(text: note.text)
        guard origin == nil || origin == checkpoint.origin else {
            throw AuditError(.originUnexpected, "The checkpoint is of another log.")
        }
        return checkpoint
    }
}
