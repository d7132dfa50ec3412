import Interchange

extension HeaderFields {
    /// Checks the content against `Content-Digest`, which must be there when there is content.
    /// - Returns: the digest; nil for a message without content or digest.
    /// - Throws: `WireError` `DIGEST_MISMATCH`.
    func checkDigest(of content: [UInt8]) throws(WireError) -> ContentDigest? {
        guard contains("content-digest") else {
            guard content.isEmpty else { throw WireError(.digestMismatch, "Content-Digest is missing.") }
            return nil
        }
        guard let stated = single("content-digest").flatMap({ ContentDigest(field: $0) }) else {
            throw WireError(.digestMismatch, "Content-Digest does not have exactly one member, sha-256 of 32 bytes.")
        }
        let digest = ContentDigest(of: content)
        guard stated == digest else { throw WireError(.digestMismatch, "The content is not what Content-Digest says.") }
        return digest
    }

    /// `Content-Type` without its parameters, in lower case.
    public var mediaType: String? {
        single("content-type").map { type in
            String(type.prefix { $0 != ";" }).trimmingASCIIWhitespace().lowercased()
        }
    }

    /// `Retry-After` (RFC 9110, section 10.2.3) in seconds from now on, at most a day; 0 for a date that is past.
    public func retryAfterSeconds(at now: Instant) -> Int? {
        guard let text = single("retry-after") else { return nil }
        if let date = HTTPDateText.instant(text, at: now) {
            return Int(min(max(0, (date.milliseconds - now.milliseconds + 999) / 1_000), 86_400))
        }
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int(text)
        else { return nil }
        return min(seconds, 86_400)
    }

    /// `Yizhan-Batch`; nil for what is no UUID of version 7.
    public var batchID: MessageID? {
        single("yizhan-batch").flatMap { MessageID($0) }.flatMap { $0.isVersion7 ? $0 : nil }
    }
}
