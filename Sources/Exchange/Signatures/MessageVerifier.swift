import Interchange
import RawStructuredFieldValues

/// Finds the key that verifies a signature made at that time, or throws why there is none.
public typealias KeyLookup = (_ keyID: String, _ created: Instant) throws(WireError) -> VerificationKey

/// Verifies the signature with the label `yizhan`: form, coverage, key, signature, window, in this order.
public struct MessageVerifier: Sendable {
    public let tag: SignatureProfile.Tag
    public let now: Instant
    /// Signatures created before it are refused: the time of a restore from backup.
    public let notBefore: Instant?

    public init(tag: SignatureProfile.Tag, now: Instant, notBefore: Instant? = nil) {
        self.tag = tag
        self.now = now
        self.notBefore = notBefore
    }

    /// - Parameter hasContent: whether content came with the message.
    /// - Throws: `WireError` with `SIGNATURE_MISSING`, `SIGNATURE_INVALID` or `SIGNATURE_EXPIRED`, or what `key` throws.
    public func verify(
        _ message: HTTPMessageComponents, hasContent: Bool, key lookup: KeyLookup
    ) throws(WireError) -> SignatureEvidence {
        let (input, signature) = try Self.signature(in: message.fields)
        let (created, nonce, keyID) = try parameters(of: input)
        try checkCoverage(of: input, message, hasContent)
        let key = try lookup(keyID, created)
        if let stated = input.algorithm, stated != key.algorithm.rawValue {
            throw WireError(.signatureInvalid, "The algorithm that is stated is not the key's.")
        }
        let base: [UInt8]
        do { base = try input.base(for: message) } catch { throw WireError(.signatureInvalid, error.description) }
        guard key.isValid(signature, for: base) else {
            throw WireError(.signatureInvalid, "The signature does not verify with the key.")
        }
        try checkWindow(created, input.expires, message)
        return SignatureEvidence(
            keyID: keyID, nonce: nonce, created: created, expires: input.expires, base: base, signature: signature)
    }

    static func signature(in fields: HeaderFields) throws(WireError) -> (SignatureInput, [UInt8]) {
        guard let inputs = fields.combined("signature-input"), let signatures = fields.combined("signature") else {
            throw WireError(.signatureMissing, "Signature-Input or Signature is missing.")
        }
        guard inputs.utf8.count <= SignatureProfile.maximumFieldBytes,
            signatures.utf8.count <= SignatureProfile.maximumFieldBytes
        else { throw WireError(.signatureInvalid, "Signature-Input or Signature is too long.") }
        let input: ItemOrInnerList?
        let signature: ItemOrInnerList?
        do {
            var parser = StructuredFieldValueParser(Array(inputs.utf8))
            input = try parser.parseDictionaryFieldValue()[SignatureLabel.yizhan]
            parser = StructuredFieldValueParser(Array(signatures.utf8))
            signature = try parser.parseDictionaryFieldValue()[SignatureLabel.yizhan]
        } catch {
            throw WireError(.signatureInvalid, "Signature-Input or Signature is not a dictionary.")
        }
        guard let input, let signature else {
            throw WireError(.signatureMissing, "There is no signature with the label yizhan.")
        }
        guard case .innerList(let list) = input, let parsed = SignatureInput(list), case .item(let item) = signature,
            case .undecodedByteSequence(let text) = item.rfc9651BareItem, let bytes = Base64.decode(text)
        else {
            throw WireError(
                .signatureInvalid, "The signature labelled yizhan is not of the form that RFC 9421 gives it.")
        }
        return (parsed, bytes)
    }

    private static func created(_ request: HTTPRequestComponents) -> Instant? {
        (try? signature(in: request.fields))?.0.created
    }

    private func parameters(of input: SignatureInput) throws(WireError) -> (Instant, String, String) {
        guard input.tag == tag.rawValue else {
            throw WireError(.signatureInvalid, "The signature's tag is not \(tag.rawValue).")
        }
        guard let created = input.created, let keyID = input.keyID, let nonce = input.nonce else {
            throw WireError(.signatureInvalid, "The signature lacks created, keyid or nonce.")
        }
        guard (1...SignatureProfile.maximumNonceLength).contains(nonce.utf8.count) else {
            throw WireError(.signatureInvalid, "The nonce is empty or too long.")
        }
        return (created, nonce, keyID)
    }

    private func checkCoverage(
        of input: SignatureInput, _ message: HTTPMessageComponents, _ hasContent: Bool
    ) throws(WireError) {
        for name in ["content-digest", "content-encoding", "yizhan-batch"] where message.fields.values(name).count > 1 {
            throw WireError(.signatureInvalid, "The field \(name) is given twice.")
        }
        var required = SignatureProfile(tag).required(for: message, hasContent: hasContent)
        for name in ["content-digest", "content-encoding", "yizhan-batch"] where message.fields.contains(name) {
            required.append(ComponentIdentifier(name))
        }
        let covered = Set(input.components)
        for component in required where !covered.contains(component) {
            let suffix = component.ofRequest ? " of the request" : ""
            throw WireError(.signatureInvalid, "The signature does not cover \(component.name)\(suffix).")
        }
    }

    private func checkWindow(
        _ created: Instant, _ expires: Instant?, _ message: HTTPMessageComponents
    ) throws(WireError) {
        let tolerance = SignatureProfile.clockToleranceSeconds
        if let expires {
            guard created <= expires, expires <= created.adding(seconds: SignatureProfile.maximumLifetimeSeconds) else {
                throw WireError(.signatureInvalid, "The signature expires more than 300 s after created, or before it.")
            }
            guard expires.adding(seconds: tolerance) >= now else {
                throw WireError(.signatureExpired, "The signature has expired.")
            }
        } else if SignatureProfile(tag).requiresExpiry(message) {
            throw WireError(.signatureInvalid, "The signature lacks expires.")
        }
        guard created <= now.adding(seconds: tolerance) else {
            throw WireError(.signatureExpired, "The signature was created ahead of this gateway's clock.")
        }
        // Else a key that is no longer in force could sign a receipt of today as one of its own days.
        if case .response(let response) = message, let asked = Self.created(response.request),
            created.adding(seconds: tolerance) < asked
        {
            throw WireError(.signatureExpired, "The signature was created before the request that it answers.")
        }
        if let notBefore, created < notBefore {
            throw WireError(.signatureExpired, "The signature was created before this gateway was restored.")
        }
    }
}
