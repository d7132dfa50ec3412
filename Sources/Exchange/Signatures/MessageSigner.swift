import Interchange

/// Where nonces come from: a new one each call, at most 128 characters of base64url.
public typealias NonceSource = @Sendable () -> String

/// 128 random bits in base64url, from the system.
public let randomNonce: NonceSource = {
    var generator = SystemRandomNumberGenerator()
    let words = [generator.next(), generator.next()] as [UInt64]
    return Base64.encodeURL(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
}

/// Signs messages with one key, label `yizhan`.
public struct MessageSigner: Sendable {
    public let key: SigningKey
    private let clock: WallClock
    private let nonces: NonceSource

    public init(key: SigningKey, clock: @escaping WallClock, nonces: @escaping NonceSource = randomNonce) {
        self.key = key
        self.clock = clock
        self.nonces = nonces
    }

    /// Adds `Signature-Input` and `Signature` to the request, which has all its other fields already. It expires after 300 s.
    /// - Throws: `SignatureBaseError` when a component is missing or its value cannot be signed.
    public func sign(
        _ request: HTTPRequestComponents, hasContent: Bool, as tag: SignatureProfile.Tag
    ) throws -> HTTPRequestComponents {
        var signed = request
        signed.fields = try fields(signing: .request(request), hasContent: hasContent, as: tag)
        return signed
    }

    /// Adds `Signature-Input` and `Signature` to the response, which has all its other fields already. It does not expire.
    /// - Throws: `SignatureBaseError` when a component is missing or its value cannot be signed.
    public func sign(
        _ response: HTTPResponseComponents, hasContent: Bool, as tag: SignatureProfile.Tag
    ) throws -> HTTPResponseComponents {
        var signed = response
        signed.fields = try fields(signing: .response(response), hasContent: hasContent, as: tag)
        return signed
    }

    private func fields(
        signing message: HTTPMessageComponents, hasContent: Bool, as tag: SignatureProfile.Tag
    ) throws -> HeaderFields {
        let profile = SignatureProfile(tag)
        let created = clock().seconds
        var parameters: [SignatureInput.Parameter] = [.created(created)]
        if profile.requiresExpiry(message) {
            parameters.append(.expires(created + SignatureProfile.maximumLifetimeSeconds))
        }
        parameters += [.nonce(nonces()), .keyID(key.keyID), .tag(tag.rawValue)]
        let input = SignatureInput(
            components: profile.required(for: message, hasContent: hasContent), parameters: parameters)
        let signature = try key.sign(try input.base(for: message))
        var fields = message.fields
        fields.set("signature-input", "\(SignatureLabel.yizhan)=\(try input.serialised())")
        fields.set("signature", "\(SignatureLabel.yizhan)=:\(Base64.encode(signature)):")
        return fields
    }
}
