import Exchange

/// A request of this peer, each part of which can be made wrong before it is signed and sent.
struct CraftedRequest: Sendable {
    var method = "POST"
    var authority: String
    var path: String
    var query: String?
    var fields = HeaderFields()
    var content: [UInt8] = []
    var tag = SignatureProfile.Tag.request

    // The signature.
    var isSigned = true
    var label = SignatureLabel.yizhan
    /// Components that the signature leaves out, though it should cover them.
    var uncovered: Set<String> = []
    var tagText: String?
    /// Seconds that `created` is away from now.
    var createdOffset: Int64 = 0
    /// Seconds from `created` to `expires`; nil leaves `expires` out.
    var lifetime: Int64? = SignatureProfile.maximumLifetimeSeconds
    var nonce = randomNonce()
    /// Flips a bit of the signature.
    var isForged = false

    /// The request with its signature fields.
    func signed(by key: SigningKey, now: Int64) throws -> HTTPRequestComponents {
        var request = HTTPRequestComponents(
            method: method, authority: authority, path: path, query: query, fields: fields)
        guard isSigned else { return request }
        let created = now + createdOffset
        var parameters: [SignatureInput.Parameter] = [.created(created)]
        if let lifetime { parameters.append(.expires(created + lifetime)) }
        parameters += [.nonce(nonce), .keyID(key.keyID), .tag(tagText ?? tag.rawValue)]
        let components = SignatureProfile(tag).required(for: .request(request), hasContent: !content.isEmpty)
        let input = SignatureInput(
            components: components.filter { !uncovered.contains($0.name) }, parameters: parameters)
        var signature = try key.sign(try input.base(for: .request(request)))
        if isForged { signature[0] ^= 1 }
        request.fields.set("signature-input", "\(label)=\(try input.serialised())")
        request.fields.set("signature", "\(label)=:\(Base64.encode(signature)):")
        return request
    }
}
