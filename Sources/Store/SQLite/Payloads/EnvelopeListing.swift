import AuditLog
import Interchange

/// Envelopes as a row lists them: 48 bytes each, id and digest.
enum EnvelopeListing {
    static let bytes = 48
}

extension [UInt8] {
    /// Appends the 48 bytes by which a listing names an envelope.
    mutating func append(id: MessageID, digest: Digest256) {
        withUnsafeTemporaryAllocation(byteCount: EnvelopeListing.bytes, alignment: 8) { entry in
            guard let base = entry.baseAddress else { return }
            var fields = FieldWriter(base)
            fields.put(id)
            fields.put(digest)
            append(contentsOf: UnsafeRawBufferPointer(entry))
        }
    }
}

extension EnvelopeReference {
    /// Reads a listing of 48 bytes an envelope.
    static func list(_ listing: [UInt8]) -> [EnvelopeReference] {
        listing.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return [] }
            var fields = FieldReader(base)
            return (0..<bytes.count / EnvelopeListing.bytes).map { _ in
                EnvelopeReference(id: fields.takeID(), digest: fields.takeDigest())
            }
        }
    }
}
