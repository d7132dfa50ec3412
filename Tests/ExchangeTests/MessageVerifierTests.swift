import Exchange
import FoundationEssentials
import Interchange
import Testing

/// What a signature must be to count. Each case changes one thing of a message that verifies.
@Suite struct MessageVerifierTests {
    static let created = Pair.now.seconds

    /// A push request whose signature has these parameters and components.
    static func push(
        label: String = "yizhan", components: [ComponentIdentifier]? = nil,
        parameters: [SignatureInput.Parameter]? = nil, adding field: (String, String)? = nil
    ) throws -> HTTPRequestComponents {
        let pair = try Pair()
        var request = try pair.push().components
        if let field { request.fields.append(field.0, field.1) }
        let input = SignatureInput(
            components: components ?? [
                .method, .authority, .path, .contentType, .contentDigest, .contentEncoding, .batch,
            ],
            parameters: parameters ?? [
                .created(created), .expires(created + 300), .nonce("n"), .keyID(pair.senderKey.keyID),
                .tag("yizhan-batch"),
            ])
        let signature = try pair.senderKey.sign(try input.base(for: .request(request)))
        request.fields.set("signature-input", "\(label)=\(try input.serialised())")
        request.fields.set("signature", "\(label)=:\(Data(signature).base64EncodedString()):")
        return request
    }

    static func code(_ request: HTTPRequestComponents, now: Instant = Pair.now, notBefore: Instant? = nil) throws
        -> WireErrorCode?
    {
        let pair = try Pair()
        let content = try pair.batch().content
        do {
            _ = try pair.requests(notBefore: notBefore).verifyBatch(
                request, content: content, from: pair.sender, now: now)
            return nil
        } catch {
            return error.code
        }
    }

    static func parameters(
        created: Int64 = created, expires: Int64? = created + 300, nonce: String? = "n", keyID: String? = nil,
        tag: String? = "yizhan-batch", algorithm: String? = nil
    ) throws -> [SignatureInput.Parameter] {
        var all: [SignatureInput.Parameter] = [.created(created), .keyID(try keyID ?? Pair().senderKey.keyID)]
        if let expires { all.append(.expires(expires)) }
        if let nonce { all.append(.nonce(nonce)) }
        if let tag { all.append(.tag(tag)) }
        if let algorithm { all.append(.algorithm(algorithm)) }
        return all
    }

    @Test func theUnchangedRequestVerifies() throws {
        #expect(try Self.code(Self.push()) == nil)
        #expect(try Self.code(Self.push(parameters: Self.parameters(algorithm: "ed25519"))) == nil)
    }

    @Test func noSignatureWithTheLabelIsMissing() throws {
        #expect(try Self.code(Self.push(label: "sig1")) == .signatureMissing)
        for name in ["signature", "signature-input"] {
            var request = try Self.push()
            request.fields.remove(name)
            #expect(try Self.code(request) == .signatureMissing)
        }
    }

    @Test(arguments: [
        "yizhan", "yizhan=1", "yizhan=:AA==:", "yizhan=(", "\"", "yizhan=(\"@method\");created=\"1\"",
        "yizhan=(\"@method\");extra",
    ])
    func aSignatureInputOfAnotherFormIsInvalid(value: String) throws {
        var request = try Self.push()
        request.fields.set("signature-input", value)
        #expect(try Self.code(request) == .signatureInvalid)
    }

    @Test(arguments: [
        "yizhan=1", "yizhan=()", "yizhan=:AA==:", "yizhan=:A:", "yizhan=:" + String(repeating: "A", count: 9000) + ":",
    ])
    func aSignatureOfAnotherFormIsInvalid(value: String) throws {
        var request = try Self.push()
        request.fields.set("signature", value)
        #expect(try Self.code(request) == .signatureInvalid)
    }

    @Test(arguments: 0..<7)
    func eachComponentMustBeCovered(index: Int) throws {
        var components: [ComponentIdentifier] = [
            .method, .authority, .path, .contentType, .contentDigest, .contentEncoding, .batch,
        ]
        components.remove(at: index)
        #expect(try Self.code(Self.push(components: components)) == .signatureInvalid)
    }

    @Test func aComponentThatIsCoveredOtherwiseIsNotCovered() throws {
        let components: [ComponentIdentifier] = [
            .method, .authority, .path, .contentType, ComponentIdentifier("content-digest", [.bs]), .contentEncoding,
            .batch,
        ]
        #expect(try Self.code(Self.push(components: components)) == .signatureInvalid)
    }

    @Test(arguments: ["Content-Encoding", "Content-Digest", "Yizhan-Batch"])
    func aFieldThatIsGivenTwiceIsInvalid(name: String) throws {
        let value = try #require(try Pair().push().components.fields.single(name.lowercased()))
        #expect(try Self.code(Self.push(adding: (name, value))) == .signatureInvalid)
    }

    @Test func moreMayBeCovered() throws {
        let components: [ComponentIdentifier] = [
            .batch, .method, .authority, .path, .query, .contentType, .contentDigest, .contentEncoding,
        ]
        #expect(try Self.code(Self.push(components: components)) == nil)
    }

    @Test func theParametersMustBeThere() throws {
        #expect(try Self.code(Self.push(parameters: Self.parameters(expires: nil))) == .signatureInvalid)
        #expect(try Self.code(Self.push(parameters: Self.parameters(nonce: nil))) == .signatureInvalid)
        #expect(try Self.code(Self.push(parameters: Self.parameters(nonce: ""))) == .signatureInvalid)
        let long = String(repeating: "n", count: 129)
        #expect(try Self.code(Self.push(parameters: Self.parameters(nonce: long))) == .signatureInvalid)
        #expect(try Self.code(Self.push(parameters: Self.parameters(tag: nil))) == .signatureInvalid)
        #expect(try Self.code(Self.push(parameters: Self.parameters(tag: "yizhan-request"))) == .signatureInvalid)
        #expect(try Self.code(Self.push(parameters: Self.parameters(keyID: "other"))) == .signatureInvalid)
    }

    @Test(arguments: ["ecdsa-p256-sha256", "ED25519", ""])
    func anAlgorithmThatIsNotTheKeysIsInvalid(algorithm: String) throws {
        #expect(try Self.code(Self.push(parameters: Self.parameters(algorithm: algorithm))) == .signatureInvalid)
    }

    @Test(
        arguments: [
            (0, 300, nil), (60, 300, nil), (61, 300, .signatureExpired), (-360, 300, nil),
            (-361, 300, .signatureExpired),
            (0, 301, .signatureInvalid), (0, -1, .signatureInvalid), (0, 0, nil), (-60, 0, nil),
            (-61, 0, .signatureExpired),
        ] as [(Int64, Int64, WireErrorCode?)])
    func theWindowIsThreeHundredSecondsWithSixtyOnEachSide(offset: Int64, lifetime: Int64, code: WireErrorCode?) throws
    {
        let created = Self.created + offset
        let parameters = try Self.parameters(created: created, expires: created + lifetime)
        #expect(try Self.code(Self.push(parameters: parameters)) == code)
    }

    @Test func signaturesFromBeforeARestoreAreRefused() throws {
        let request = try Self.push()
        #expect(try Self.code(request, notBefore: Pair.now) == nil)
        #expect(try Self.code(request, notBefore: Pair.now.adding(seconds: 1)) == .signatureExpired)
    }

    @Test(arguments: [
        "method", "authority", "path", "content-type", "content-encoding", "yizhan-batch", "content-digest",
    ])
    func aChangedComponentDoesNotVerify(name: String) throws {
        var request = try Self.push()
        switch name {
        case "method": request.method = "PUT"
        case "authority": request.authority = "other.example"
        case "path": request.path = "/v1/batcheS"
        case "content-digest": request.fields.set(name, ContentDigest(of: [1]).description)
        default: request.fields.set(name, "x")
        }
        #expect(try Self.code(request) == .signatureInvalid)
    }

    @Test func aRequestWithoutContentCoversItsQuery() throws {
        let pair = try Pair()
        let request = HTTPRequestComponents(
            method: "GET", authority: "gateway.ln.example:8443", target: "/v1/outbox?limit=1000&wait=30", fields: [:])
        let signed = try pair.signer(pair.senderKey).sign(request, hasContent: false, as: .request)
        let receiver = pair.requests()
        let evidence = try receiver.verify(signed, content: [], from: pair.sender, as: .request, now: Pair.now)
        #expect(evidence.nonce == "bm9uY2U")
        #expect(evidence.isValid(by: pair.senderKey.verificationKey))
        var other = signed
        other.query = "limit=1000&wait=31"
        #expect(throws: WireError.self) {
            try receiver.verify(other, content: [], from: pair.sender, as: .request, now: Pair.now)
        }
    }
}
