import AuditLog
import Interchange

/// The newest version of a fact, ours or received.
struct RecordEntry {
    var sender: UInt8
    var kind: Kind
    var version: UInt32
    var envelope: MessageID
    var digest: Digest256
    /// The keyed hash of its content; nil of what was received.
    var content: ShortHash?
    /// The segment, or the received body, that has its line, and where in it; 0 once the line is erased.
    var payload: Int64
    var place: UInt32
    var retainUntil: Int32
    /// The look-up hash under which this version says who it is about.
    var subject: ShortHash
    /// Withdrawn for good. What is left is a tombstone.
    var isRetracted = false
    /// Somebody entitled says that a field of it is otherwise.
    var isCorrected = false
    /// How a permit stands.
    var permit: PermitStatus?

    init(
        sender: UInt8, kind: Kind, version: UInt32, envelope: MessageID, digest: Digest256, content: ShortHash?,
        payload: Int64, place: UInt32, retainUntil: Int32, subject: ShortHash, permit: PermitStatus? = nil
    ) {
        self.sender = sender
        self.kind = kind
        self.version = version
        self.envelope = envelope
        self.digest = digest
        self.content = content
        self.payload = payload
        self.place = place
        self.retainUntil = retainUntil
        self.subject = subject
        self.permit = permit
    }

    /// Whether all that is known of it is its withdrawal.
    var isUnseen: Bool { isRetracted && payload == 0 && digest == .zero }
}

extension RecordEntry: FixedWidthValue {
    static let bytes = 103

    private static let kinds = Kind.allCases

    /// Content, withdrawal and correction are a bit each; the upper four are the permit's status, from 1.
    private var flags: UInt8 {
        let status = permit.flatMap { PermitStatus.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) << 4 } ?? 0
        return (content == nil ? 0 : 1) | (isRetracted ? 2 : 0) | (isCorrected ? 4 : 0) | status
    }

    func write(to fields: inout FieldWriter) {
        fields.put(sender)
        fields.put(kind.number)
        fields.put(version)
        fields.put(envelope)
        fields.put(digest)
        fields.put(flags)
        fields.put(content ?? .zero)
        fields.put(payload)
        fields.put(place)
        fields.put(retainUntil)
        fields.put(subject)
    }

    init(reading fields: inout FieldReader) {
        sender = fields.take()
        kind = Self.kinds[Int(fields.take(as: UInt8.self)) % Self.kinds.count]
        version = fields.take()
        envelope = fields.takeID()
        digest = fields.takeDigest()
        let flags = fields.take(as: UInt8.self)
        let hash = fields.takeHash()
        content = flags & 1 != 0 ? hash : nil
        isRetracted = flags & 2 != 0
        isCorrected = flags & 4 != 0
        permit = flags >> 4 == 0 ? nil : PermitStatus.allCases[Int(flags >> 4 - 1) % PermitStatus.allCases.count]
        payload = fields.take()
        place = fields.take()
        retainUntil = fields.take()
        subject = fields.takeHash()
    }
}
