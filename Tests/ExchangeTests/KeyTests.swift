import Exchange
import Interchange
import Testing

@Suite struct KeyTests {
    /// RFC 8037 appendix A.
    static let jwk = """
        {"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        """
    static let publicJWK = #"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#

    @Test func theThumbprintOfAnEd25519KeyIsThatOfRFC8037() throws {
        let key = try VerificationKey(Self.publicJWK)
        #expect(key.keyID == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect(key.algorithm == .ed25519)
        #expect(key.jwk == Self.publicJWK)
        #expect(try SigningKey(Self.jwk).keyID == key.keyID)
    }

    @Test func theThumbprintOfAP256KeyIsThatOfRFC9449() throws {
        let key = try VerificationKey(
            """
            {"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}
            """)
        #expect(key.keyID == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
        #expect(key.algorithm == .ecdsaP256SHA256)
    }

    @Test func everyFormOfAKeyIsTheSameKey() throws {
        let key = try VerificationKey(Self.publicJWK)
        #expect(try VerificationKey("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") == key)
        #expect(try VerificationKey(" 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n") == key)
        #expect(
            try VerificationKey(ed25519: hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")) == key
        )
        let fromPEM = try SigningKey(RFCKey.ed25519Private)
        #expect(try VerificationKey(RFCKey.ed25519Public) == fromPEM.verificationKey)
        #expect(try SigningKey(fromPEM.pem).keyID == fromPEM.keyID)
        let p256 = try SigningKey(RFCKey.p256Private)
        #expect(try VerificationKey(RFCKey.p256Public) == p256.verificationKey)
        #expect(try SigningKey(p256.pem).keyID == p256.keyID)
    }

    @Test func aPrivateKeyWithItsPublicHalfIsRead() throws {
        // RFC 8410 section 10.3.
        let key = try SigningKey(
            """
            -----BEGIN PRIVATE KEY-----
            MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
            Z9w7lshQhqowtrbLDFw4rXAxZuE=
            -----END PRIVATE KEY-----
            """)
        #expect(
            try VerificationKey("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=".asPublicPEM)
                == key.verificationKey)
    }

    @Test(arguments: [
        ("", KeyError.Code.unreadable), ("not a key", .unreadable), ("{}", .unreadable), (jwk, .wrongHalf),
        (RFCKey.ed25519Private, .wrongHalf), (#"{"kty":"RSA","crv":"","x":"AA"}"#, .unsupported),
        (#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#, .invalid),
        (
            #"{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"}"#,
            .invalid
        ),
    ])
    func whatIsNoPublicKeyIsRefused(text: String, code: KeyError.Code) {
        let error = #expect(throws: KeyError.self) { try VerificationKey(text) }
        #expect(error?.code == code)
    }

    @Test(arguments: [
        (publicJWK, KeyError.Code.wrongHalf), (RFCKey.ed25519Public, .wrongHalf),
        // The private half of another key.
        (
            #"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2E","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            .invalid
        ),
    ])
    func whatIsNoPrivateKeyIsRefused(text: String, code: KeyError.Code) {
        let error = #expect(throws: KeyError.self) { try SigningKey(text) }
        #expect(error?.code == code)
    }

    @Test func aSignatureOfOneKeyDoesNotVerifyWithAnother() throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = SigningKey.generate(algorithm)
            let signature = try key.sign([1, 2, 3])
            #expect(signature.count == 64)
            #expect(key.verificationKey.isValid(signature, for: [1, 2, 3]))
            #expect(!key.verificationKey.isValid(signature, for: [1, 2, 4]))
            #expect(!key.verificationKey.isValid(signature.dropLast(), for: [1, 2, 3]))
            #expect(!SigningKey.generate(algorithm).verificationKey.isValid(signature, for: [1, 2, 3]))
        }
    }

    /// One in 64 would, and `yizhan keys end` would take it for an option.
    @Test func noNewKeyHasAThumbprintThatBeginsWithAHyphen() {
        #expect(!(0..<1_000).contains { _ in SigningKey.generate().keyID.hasPrefix("-") })
    }

    @Test func aSigningKeyDoesNotPrintItself() throws {
        let key = try SigningKey(Self.jwk)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("nWGxne") && text.contains("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"))
        }
    }
}

extension String {
    fileprivate var asPublicPEM: String { "-----BEGIN PUBLIC KEY-----\n\(self)\n-----END PUBLIC KEY-----\n" }
}

@Suite struct KeyRingTests {
    static let from = Instant(seconds: 1_000_000)
    static let until = Instant(seconds: 2_000_000)

    @Test(arguments: [
        (999_999, false), (1_000_000, true), (2_000_000, true), (2_086_400, true), (2_086_401, false),
    ])
    func anOldKeyVerifiesForADayAfterItsEnd(created: Int64, isInForce: Bool) throws {
        let key = try VerificationKey(KeyTests.publicJWK)
        let ring = KeyRing(
            owner: try #require(Province("41")), [.init(key, KeyValidity(from: Self.from, until: Self.until))])
        if isInForce {
            #expect(try ring.key(key.keyID, signedAt: Instant(seconds: created)) == key)
        } else {
            let error = #expect(throws: WireError.self) { try ring.key(key.keyID, signedAt: Instant(seconds: created)) }
            #expect(error?.code == .signatureInvalid)
        }
    }

    @Test func aSenderStopsSigningAtTheEnd() {
        let validity = KeyValidity(from: Self.from, until: Self.until)
        #expect(validity.allowsSigning(at: Self.until))
        #expect(!validity.allowsSigning(at: Self.until.adding(milliseconds: 1)))
        #expect(!validity.allowsSigning(at: Self.from.adding(milliseconds: -1)))
    }

    @Test func aKeyIsLookedUpOnlyAmongThePeersOwn() throws {
        let pair = try Pair()
        let keys = KeyDirectory([pair.senderRing, pair.receiverRing])
        let strange = try #require(Province("31"))
        let code = { (keyID: String, peer: Province) in
            #expect(throws: WireError.self) { try keys.key(keyID, of: peer, signedAt: Pair.now) }?.code
        }
        #expect(
            try keys.key(pair.senderKey.keyID, of: pair.sender, signedAt: Pair.now) == pair.senderKey.verificationKey)
        #expect(code(pair.receiverKey.keyID, pair.sender) == .identityMismatch)
        #expect(code("nobody", pair.sender) == .signatureInvalid)
        #expect(code(pair.senderKey.keyID, strange) == .peerUnknown)
    }
}
