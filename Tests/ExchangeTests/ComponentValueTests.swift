import Exchange
import Testing

/// The examples of RFC 9421 sections 2.1 and 2.2, and what must not be signed.
@Suite struct ComponentValueTests {
    static func line(
        _ identifier: ComponentIdentifier, _ message: HTTPMessageComponents,
        types: [String: StructuredFieldType] = StructuredFieldType.known
    ) throws -> String {
        let base = try SignatureInput(components: [identifier], parameters: []).base(for: message, types: types)
        return String(String(decoding: base, as: UTF8.self).prefix { $0 != "\n" })
    }

    static func request(_ fields: HeaderFields = [:], query: String? = nil) -> HTTPMessageComponents {
        .request(
            HTTPRequestComponents(
                method: "POST", authority: "www.Example.com:443", path: "/path", query: query, fields: fields))
    }

    @Test(arguments: [
        ("@method", #""@method": POST"#), ("@authority", #""@authority": www.example.com"#),
        ("@scheme", #""@scheme": https"#), ("@path", #""@path": /path"#), ("@query", #""@query": ?param=value"#),
        ("@request-target", #""@request-target": /path?param=value"#),
    ])
    func aDerivedComponentHasItsValue(name: String, line: String) throws {
        #expect(try Self.line(ComponentIdentifier(name), Self.request(query: "param=value")) == line)
    }

    @Test func anAbsentQueryIsAQuestionMark() throws {
        #expect(try Self.line(.query, Self.request()) == #""@query": ?"#)
        #expect(try Self.line(.query, Self.request(query: "")) == #""@query": ?"#)
    }

    /// Section 2.2.8.
    @Test(arguments: [
        ("var", "this%20is%20a%20big%0Amultiline%20value"), ("bar", "with%20plus%20whitespace"),
        ("fa%C3%A7ade%22%3A%20", "something"),
    ])
    func aQueryParameterIsEncodedAnew(name: String, value: String) throws {
        let query =
            "var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something"
        let identifier = ComponentIdentifier("@query-param", [.name(name)])
        #expect(try Self.line(identifier, Self.request(query: query)) == "\"@query-param\";name=\"\(name)\": \(value)")
    }

    /// Section 2.1.
    @Test func fieldLinesAreTrimmedUnfoldedAndJoined() throws {
        let message = Self.request([
            "X-OWS-Header": "   Leading and trailing whitespace.   ",
            "X-Obs-Fold-Header": "Obsolete\r\n    line folding.", "Cache-Control": "max-age=60",
            "cache-control": "    must-revalidate", "X-Empty-Header": "",
        ])
        #expect(
            try Self.line(ComponentIdentifier("x-ows-header"), message)
                == #""x-ows-header": Leading and trailing whitespace."#)
        #expect(
            try Self.line(ComponentIdentifier("x-obs-fold-header"), message)
                == #""x-obs-fold-header": Obsolete line folding."#)
        #expect(
            try Self.line(ComponentIdentifier("cache-control"), message)
                == #""cache-control": max-age=60, must-revalidate"#)
        #expect(try Self.line(ComponentIdentifier("x-empty-header"), message) == #""x-empty-header": "#)
    }

    /// Sections 2.1.1 and 2.1.2.
    @Test func aStructuredFieldIsSerialisedAnewAndCutIntoMembers() throws {
        let message = Self.request(["Example-Dict": "  a=1,    b=2;x=1;y=2,   c=(a   b   c), d"])
        let types = ["example-dict": StructuredFieldType.dictionary]
        #expect(
            try Self.line(ComponentIdentifier("example-dict", [.sf]), message, types: types)
                == #""example-dict";sf: a=1, b=2;x=1;y=2, c=(a b c), d"#)
        for (key, value) in [("a", "1"), ("b", "2;x=1;y=2"), ("c", "(a b c)"), ("d", "?1")] {
            #expect(
                try Self.line(ComponentIdentifier("example-dict", [.key(key)]), message)
                    == "\"example-dict\";key=\"\(key)\": \(value)")
        }
    }

    /// Section 2.1.3.
    @Test func binaryWrappingKeepsLinesApart() throws {
        let apart = Self.request(["Example-Header": "value, with, lots", "example-header": "of, commas"])
        let joined = Self.request(["Example-Header": "value, with, lots, of, commas"])
        let identifier = ComponentIdentifier("example-header", [.bs])
        #expect(
            try Self.line(identifier, apart)
                == #""example-header";bs: :dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"#)
        #expect(
            try Self.line(identifier, joined)
                == #""example-header";bs: :dmFsdWUsIHdpdGgsIGxvdHMsIG9mLCBjb21tYXM=:"#)
    }

    @Test(arguments: [
        (ComponentIdentifier("x-absent"), SignatureBaseError.componentMissing("x-absent")),
        (ComponentIdentifier("@status"), .componentUnknown("@status")),
        (ComponentIdentifier("@new"), .componentUnknown("@new")),
        (ComponentIdentifier("x-list", [.sf]), .componentUnknown("x-list")),
        (ComponentIdentifier("x-list", [.key("a"), .bs]), .componentUnknown("x-list")),
        (ComponentIdentifier("@method", [.req]), .componentUnknown("@method")),
        (ComponentIdentifier("x-list", [.key("z")]), .componentMissing("x-list")),
        (ComponentIdentifier("x-broken", [.key("z")]), .valueUnusable("x-broken")),
        (ComponentIdentifier("x-control"), .valueUnusable("x-control")),
        (ComponentIdentifier("x-name"), .valueUnusable("x-name")),
        (ComponentIdentifier("@query-param", [.name("two")]), .valueUnusable("@query-param")),
        (ComponentIdentifier("@query-param", [.name("none")]), .componentMissing("@query-param")),
    ])
    func whatHasNoOneValueIsNotSigned(identifier: ComponentIdentifier, error: SignatureBaseError) {
        let message = Self.request(
            ["x-list": "a, b", "x-broken": "=", "x-control": "a\u{7}b", "x-name": "张"], query: "two=1&two=2")
        #expect(throws: error) { try Self.line(identifier, message) }
    }

    @Test func aComponentIsCoveredOnce() {
        let twice = [
            ComponentIdentifier("signature", [.req, .key("yizhan")]),
            ComponentIdentifier("signature", [.key("yizhan"), .req]),
        ]
        let request = HTTPRequestComponents(
            method: "GET", authority: "a", path: "/", fields: ["signature": "yizhan=:AA==:"])
        let response = HTTPResponseComponents(status: 200, fields: [:], answering: request)
        #expect(throws: SignatureBaseError.componentRepeated("signature")) {
            try SignatureInput(components: twice, parameters: []).base(for: .response(response))
        }
    }
}
