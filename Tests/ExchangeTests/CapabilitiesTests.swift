import Exchange
import Interchange
import Testing

@Suite struct CapabilitiesTests {
    static func sample() throws -> Capabilities {
        Capabilities(
            limits: .init(envelopes: 1_000, bytes: 8_388_608),
            keys: [
                .init(try VerificationKey(RFCKey.ed25519Public), KeyValidity(from: Pair.now)),
                .init(
                    try VerificationKey(RFCKey.p256Public),
                    KeyValidity(from: Instant(milliseconds: 0), until: Pair.now)),
            ], knownKeys: ["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"],
            audit: .init(origin: "gateway.ln.example/audit", key: "gateway.ln.example/audit+00000000+AQ"),
            checkpoints: ["b": "note\n", "a": "other"])
    }

    @Test func theyAreWrittenAsThePageHasThem() throws {
        let text = String(decoding: try Self.sample().encoded(), as: UTF8.self)
        #expect(
            text == """
                {"interchange":["1.0"],"encodings":["gzip","zstd"],"limits":{"envelopes":1000,"bytes":8388608},"keys":[\
                {"crv":"Ed25519","kty":"OKP","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",\
                "kid":"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U","from":"2026-06-30T08:00:00Z"},\
                {"crv":"P-256","kty":"EC","x":"qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",\
                "y":"Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",\
                "kid":"\(try VerificationKey(RFCKey.p256Public).keyID)","from":"1970-01-01T00:00:00Z",\
                "until":"2026-06-30T08:00:00Z"}],\
                "knownKeys":["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"],\
                "audit":{"origin":"gateway.ln.example/audit","key":"gateway.ln.example/audit+00000000+AQ"},\
                "checkpoints":{"a":"other","b":"note\\n"}}
                """)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        #expect(try Capabilities(decoding: try Self.sample().encoded()) == Self.sample())
    }

    @Test func whatIsNotKnownIsPassedOver() throws {
        let text = """
            {"interchange":["1.3","2.0"],"encodings":["br"],"limits":{"envelopes":1,"bytes":2,"x":3},"more":{},
            "keys":[{"kty":"OKP","crv":"SM2","x":"AA"}],"knownKeys":[],"audit":{"origin":"o","key":"k"}}
            """
        let read = try Capabilities(decoding: text.utf8Bytes)
        #expect(read.keys.isEmpty && read.checkpoints.isEmpty)
        #expect(read.sharesInterchange)
        #expect(read.takes(.identity) && !read.takes(.gzip))
    }

    @Test(arguments: [
        ("[]", "syntax"), ("{", "syntax"), (#"{"interchange":["1.0"]}"#, "limits"),
        (
            #"{"limits":{"envelopes":0,"bytes":1},"audit":{"origin":"","key":""},"interchange":[],"encodings":[]}"#,
            "envelopes"
        ),
        (#"{"limits":{},"audit":7}"#, "audit"),
    ])
    func whatIsNotOfItsFormIsNamed(text: String, member: String) {
        let error = #expect(throws: CapabilitiesError.self) { try Capabilities(decoding: text.utf8Bytes) }
        #expect(error?.member == member)
    }

    @Test(arguments: [("1.0", true), ("1.9", true), ("2.0", false), ("10.0", false), ("", false)])
    func anotherMajorVersionIsNotShared(version: String, isShared: Bool) throws {
        var capabilities = try Self.sample()
        capabilities.interchange = [version]
        #expect(capabilities.sharesInterchange == isShared)
    }
}
