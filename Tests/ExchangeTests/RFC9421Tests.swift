import Exchange
import Testing

/// RFC 9421 section 2.4, 2.5 and appendix B: the signature base byte for byte, and the signature where the algorithm is ours.
@Suite struct RFC9421Tests {
    static let digest =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
    static let responseDigest =
        "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:"

    /// The test request of appendix B.2.
    static let request = HTTPRequestComponents(
        method: "POST", authority: "example.com", path: "/foo", query: "param=Value&Pet=dog",
        fields: [
            "Host": "example.com", "Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json",
            "Content-Digest": digest, "Content-Length": "18",
        ])

    /// The test response of appendix B.2.
    static let response = HTTPResponseComponents(
        status: 200,
        fields: [
            "Date": "Tue, 20 Apr 2021 02:07:56 GMT", "Content-Type": "application/json",
            "Content-Digest": responseDigest, "Content-Length": "23",
        ], answering: request)

    static func ids(_ names: String...) -> [ComponentIdentifier] { names.map { ComponentIdentifier($0) } }

    static func base(
        _ message: HTTPMessageComponents, _ components: [ComponentIdentifier],
        _ parameters: [SignatureInput.Parameter]
    ) throws -> String {
        let input = SignatureInput(components: components, parameters: parameters)
        return String(decoding: try input.base(for: message), as: UTF8.self)
    }

    @Test func section25() throws {
        let base = try Self.base(
            .request(Self.request),
            Self.ids("@method", "@authority", "@path", "content-digest", "content-length", "content-type"),
            [.created(1_618_884_473), .keyID("test-key-rsa-pss")])
        #expect(
            base == """
                "@method": POST
                "@authority": example.com
                "@path": /foo
                "content-digest": \(Self.digest)
                "content-length": 18
                "content-type": application/json
                "@signature-params": ("@method" "@authority" "@path" "content-digest" "content-length" "content-type")\
                ;created=1618884473;keyid="test-key-rsa-pss"
                """)
    }

    @Test func minimalSignatureB21() throws {
        let base = try Self.base(
            .request(Self.request), [],
            [.created(1_618_884_473), .keyID("test-key-rsa-pss"), .nonce("b3k2pp5k7z-50gnwp.yemd")])
        #expect(
            base == """
                "@signature-params": ();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"
                """)
    }

    @Test func selectiveCoveredComponentsB22() throws {
        let base = try Self.base(
            .request(Self.request),
            Self.ids("@authority", "content-digest") + [ComponentIdentifier("@query-param", [.name("Pet")])],
            [.created(1_618_884_473), .keyID("test-key-rsa-pss"), .tag("header-example")])
        #expect(
            base == """
                "@authority": example.com
                "content-digest": \(Self.digest)
                "@query-param";name="Pet": dog
                "@signature-params": ("@authority" "content-digest" "@query-param";name="Pet")\
                ;created=1618884473;keyid="test-key-rsa-pss";tag="header-example"
                """)
    }

    @Test func fullCoverageB23() throws {
        let base = try Self.base(
            .request(Self.request),
            Self.ids(
                "date", "@method", "@path", "@query", "@authority", "content-type", "content-digest", "content-length"),
            [.created(1_618_884_473), .keyID("test-key-rsa-pss")])
        #expect(
            base == """
                "date": Tue, 20 Apr 2021 02:07:55 GMT
                "@method": POST
                "@path": /foo
                "@query": ?param=Value&Pet=dog
                "@authority": example.com
                "content-type": application/json
                "content-digest": \(Self.digest)
                "content-length": 18
                "@signature-params": ("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" \
                "content-length");created=1618884473;keyid="test-key-rsa-pss"
                """)
    }

    @Test func responseWithP256B24() throws {
        let base = try Self.base(
            .response(Self.response), Self.ids("@status", "content-type", "content-digest", "content-length"),
            [.created(1_618_884_473), .keyID("test-key-ecc-p256")])
        #expect(
            base == """
                "@status": 200
                "content-type": application/json
                "content-digest": \(Self.responseDigest)
                "content-length": 23
                "@signature-params": ("@status" "content-type" "content-digest" "content-length")\
                ;created=1618884473;keyid="test-key-ecc-p256"
                """)
        let signature = hex(
            "c0d9925008706f92f1b4eb4ea4d6ba5b9c63d3aee6e6116b8f45d0e1fbe96822"
                + "f1d0d2a87203eab8b8326a19f30e70c0532e5e09d95850490b223fb7da889ab3")
        let key = try VerificationKey(RFCKey.p256Public)
        #expect(key.isValid(signature, for: base.utf8Bytes))
        #expect(!key.isValid(signature, for: (base + " ").utf8Bytes))
    }

    @Test func requestWithHMACB25() throws {
        let base = try Self.base(
            .request(Self.request), Self.ids("date", "@authority", "content-type"),
            [.created(1_618_884_473), .keyID("test-shared-secret")])
        #expect(
            base == """
                "date": Tue, 20 Apr 2021 02:07:55 GMT
                "@authority": example.com
                "content-type": application/json
                "@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"
                """)
    }

    @Test func requestWithEd25519B26() throws {
        let base = try Self.base(
            .request(Self.request),
            Self.ids("date", "@method", "@path", "@authority", "content-type", "content-length"),
            [.created(1_618_884_473), .keyID("test-key-ed25519")])
        #expect(
            base == """
                "date": Tue, 20 Apr 2021 02:07:55 GMT
                "@method": POST
                "@path": /foo
                "@authority": example.com
                "content-type": application/json
                "content-length": 18
                "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")\
                ;created=1618884473;keyid="test-key-ed25519"
                """)
        let signature = hex(
            "c2a700a9b9982768e2da095f00c691cb882bb98627c769c414dd8737a8eb9c39"
                + "d008ad6ed3619bd38bfd10383050f8aee00d30eafb90bf9948a7958fa412910b")
        #expect(try SigningKey(RFCKey.ed25519Private).sign(base.utf8Bytes) == signature)
        #expect(try VerificationKey(RFCKey.ed25519Public).isValid(signature, for: base.utf8Bytes))
    }

    @Test func tlsTerminatingProxyB3() throws {
        let certificate = Self.clientCertificate
        let request = HTTPRequestComponents(
            method: "POST", authority: "service.internal.example", path: "/foo", query: "param=Value&Pet=dog",
            fields: ["Client-Cert": certificate])
        let base = try Self.base(
            .request(request), Self.ids("@path", "@query", "@method", "@authority", "client-cert"),
            [.created(1_618_884_473), .keyID("test-key-ecc-p256")])
        #expect(
            base == """
                "@path": /foo
                "@query": ?param=Value&Pet=dog
                "@method": POST
                "@authority": service.internal.example
                "client-cert": \(certificate)
                "@signature-params": ("@path" "@query" "@method" "@authority" "client-cert")\
                ;created=1618884473;keyid="test-key-ecc-p256"
                """)
        let signature = hex(
            "c553075696b06800bfd126c7aca46cf62f08dde3ace51b533060965e6ffd9ef6"
                + "73a07b0883a31c7bddf5e53eb1a24972cb4cb3843f5a87824747030b3a09a2cf")
        #expect(try VerificationKey(RFCKey.p256Public).isValid(signature, for: base.utf8Bytes))
    }

    @Test func transformedMessageB4() throws {
        let request = HTTPRequestComponents(
            method: "GET", authority: "example.org", target: "/demo?name1=Value1&Name2=value2",
            fields: [
                "Host": "example.org", "Date": "Fri, 15 Jul 2022 14:24:55 GMT", "Accept": "application/json",
                "accept": " */* ",
            ])
        let base = try Self.base(
            .request(request), Self.ids("@method", "@path", "@authority", "accept"),
            [.created(1_618_884_473), .keyID("test-key-ed25519")])
        #expect(
            base == """
                "@method": GET
                "@path": /demo
                "@authority": example.org
                "accept": application/json, */*
                "@signature-params": ("@method" "@path" "@authority" "accept")\
                ;created=1618884473;keyid="test-key-ed25519"
                """)
        let signature = hex(
            "653d64a2842c107a59d08d488c2aad429a4e988aa524f7a8ec31d1dd2a0c9f4b"
                + "39259d5e4464b403ebf260ff6dfcb5e587940c14543a7292edda6d299a3dcd0c")
        #expect(try SigningKey(RFCKey.ed25519Private).sign(base.utf8Bytes) == signature)
    }

    @Test func responseWithItsRequestSection24() throws {
        let digest =
            "sha-512=:0Y6iCBzGg5rZtoXS95Ijz03mslf6KAMCloESHObfwnHJDbkkWWQz6PhhU9kxsTbARtY2PTBOzq24uJFpHsMuAg==:"
        let response = HTTPResponseComponents(
            status: 503,
            fields: [
                "Date": "Tue, 20 Apr 2021 02:07:56 GMT", "Content-Type": "application/json", "Content-Length": "62",
                "Content-Digest": digest,
            ], answering: Self.request)
        let related = ["@authority", "@method", "@path", "content-digest"].map { ComponentIdentifier($0, [.req]) }
        let base = try Self.base(
            .response(response), Self.ids("@status", "content-digest", "content-type") + related,
            [.created(1_618_884_479), .keyID("test-key-ecc-p256")])
        #expect(
            base == """
                "@status": 503
                "content-digest": \(digest)
                "content-type": application/json
                "@authority";req: example.com
                "@method";req: POST
                "@path";req: /foo
                "content-digest";req: \(Self.digest)
                "@signature-params": ("@status" "content-digest" "content-type" "@authority";req "@method";req "@path";req \
                "content-digest";req);created=1618884479;keyid="test-key-ecc-p256"
                """)
        let signature = hex(
            "74c4ff03fefa7a1add0530ffd97c7c42e295e85a32cc43ff23d85dcca37c2d02"
                + "4b360cd4e16efaec72b4e6bc758bc99e35042040f810a7cc2ada2bdeded57902")
        #expect(try VerificationKey(RFCKey.p256Public).isValid(signature, for: base.utf8Bytes))
    }

    private static let clientCertificate = """
        :MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkx\
        BIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZ\
        Izj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJ\
        iNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAM\
        CBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEU\
        CIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:
        """
}
