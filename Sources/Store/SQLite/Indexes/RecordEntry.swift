import AuditLog
import Interchange

/// The newest version of a fact, ours or received.
struct RecordEntry {
    static let bytes = 103

    var sender: UInt8
    var kind: Kind
    var version: UInt32
    var envelope: [UInt8]
    var digest: [UInt8]
    /// The keyed hash of its content; nil of what was received.
    var content: [UInt8]?
    /// The segment, or the received body, that has its line, and where in it; 0 once the line is erased.
    var payload: Int64
    var place: UInt32
    var retainUntil: Int32
    /// The look-up hash under which this version says who it is about.
    var subject: [UInt8]
    /// Withdrawn for good. What is left is a tombstone.
    var isRetracted = false
    /// Somebody entitled says that a field of it is otherwise.
    var isCorrected = false
    /// How a permit stands.
    var permit: PermitStatus?

    /// Whether all that is known of it is its withdrawal.
    var isUnseen: Bool { isRetracted && payload == 0 && digest.allSatisfy { $0 == 0 } }

    var encoded: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.bytes)
        out.append(sender)
        out.append(UInt8(Kind.allCases.firstIndex(of: kind) ?? 0))
        FixedBytes.append(version, to: &out)
        out += envelope + digest
        out.append(flags)
        out += content ?? [UInt8](repeating: 0, count: 16)
        FixedBytes.append(payload, to: &out)
        FixedBytes.append(place, to: &out)
        FixedBytes.append(retainUntil, to: &out)
        out += subject
        return out
    }

    init(
        sender: UInt8, kind: Kind, version: UInt32, envelope: [UInt8], digest: [UInt8], content: [UInt8]?,
        payload: Int64, place: UInt32, retainUntil: Int32, subject: [UInt8], permit: PermitStatus? = nil
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

    /// Content, withdrawal and correction are a bit each; the upper four are the permit's status, from 1.
    private var flags: UInt8 {
        let status = permit.flatMap { PermitStatus.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) << 4 } ?? 0
        return (content == nil ? 0 : 1) | (isRetracted ? 2 : 0) | (isCorrected ? 4 : 0) | status
    }

    init(decoding bytes: [UInt8]) {
        sender = bytes[0]
        kind = Kind.allCases[Int(bytes[1]) % Kind.allCases.count]
        version = FixedBytes.read(bytes, at: 2, as: UInt32.self)
        envelope = Array(bytes[6..<22])
        digest = Array(bytes[22..<54])
        let flags = bytes[54]
        content = flags & 1 != 0 ? Array(bytes[55..<71]) : nil
        isRetracted = flags & 2 != 0
        isCorrected = flags & 4 != 0
        permit = flags >> 4 == 0 ? nil : PermitStatus.allCases[Int(flags >> 4 - 1) % PermitStatus.allCases.count]
        payload = FixedBytes.read(bytes, at: 71, as: Int64.self)
        place = FixedBytes.read(bytes, at: 79, as: UInt32.self)
        retainUntil = FixedBytes.read(bytes, at: 83, as: Int32.self)
        subject = Array(bytes[87..<103])
    }
}
