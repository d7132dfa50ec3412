import JSONSchema
import JSONTape
import Testing

@Suite struct FormatTests {
    @Test(
        arguments: [
            (
                "date", ["2024-02-29", "2000-02-29", "0000-01-01"],
                ["2023-02-29", "1900-02-29", "2024-13-01", "2024-1-01", "2024-04-31", "2024-01-01 "]
            ),
            (
                "date-time",
                [
                    "2024-02-29T23:59:59Z", "2024-01-01t00:00:00.123z", "2024-01-01T00:00:00+08:00",
                    "2016-12-31T23:59:60Z", "2017-01-01T07:59:60+08:00",
                ],
                [
                    "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
                    "2024-01-01T00:00:60Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+24:00",
                ]
            ),
            ("time", ["00:00:00Z", "23:59:60Z"], ["00:00Z", "00:00:00"]),
            ("duration", ["P1Y2M3D", "PT1H", "P1W", "P1DT1S"], ["P", "PT", "1D", "P1Y2D", "P1W1D"]),
            (
                "uuid", ["018f3c9e-1f6a-7c3d-9b1a-2f4e5d6c7b8a"],
                ["018f3c9e1f6a7c3d9b1a2f4e5d6c7b8a", "018f3c9e-1f6a-7c3d-9b1a-2f4e5d6c7b8g"]
            ),
            (
                "uri", ["https://example.org:8080/a?b#c", "urn:uuid:1", "http://[::1]/", "mailto:a@example.org"],
                ["//example.org", "a b:c", "http://[::1", "http://a/%zz", "人:a"]
            ),
            ("uri-reference", ["", "../a", "#b", "//example.org"], ["a\\b", "#人", "1:a"]),
            (
                "uri-template", ["", "{+path}/here", "{?x,y*,z:3}", "a%20b"],
                ["{", "}", "{}", "{a", "{a:0}", "{a:10000}", "{a,}", "%2", "a b"]
            ),
            (
                "idn-hostname",
                ["例子.测试", "xn--fsqu00a.xn--0zwm56d", "EXAMPLE.org", "faß.de", "l·l", "例子。测试", "אב.com"],
                ["-例", "例-", "xn--", "xn--a", "a·b", "例子..测试", "אב.1com", "a\u{200D}b", "é".uppercased(), "☃"]
            ),
            ("iri", ["http://例子/人"], ["例子"]),
            (
                "email", ["a.b@example.org", "\"a b\"@example.org", "a@[127.0.0.1]"],
                ["a", "@example.org", ".a@example.org", "a@-b.org"]
            ),
            ("ipv4", ["0.0.0.0", "255.255.255.255"], ["256.0.0.0", "01.0.0.0", "1.2.3", "1.2.3.4.5"]),
            (
                "ipv6", ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"],
                [
                    ":", ":::", "1:::2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1::", "12345::", "1:2:",
                    ":1:2:3:4:5:6:7:8",
                ]
            ),
            ("json-pointer", ["", "/a~1b/0"], ["a", "/~2", "/~"]),
            ("relative-json-pointer", ["0", "1/a", "2#"], ["/a", "01", "-1"]),
            ("hostname", ["example.org", "a-b"], ["-a", "a_b", "", "a..b"]),
            ("regex", ["^a(?=b)$"], ["("]),
            ("unheard-of", ["anything"], []),
        ] as [(String, [String], [String])])
    func isChecked(format: String, yes: [String], no: [String]) throws {
        let schema = "{\"format\": \"\(format)\"}"
        for text in yes { #expect(try isValid(quoted(text), by: schema), "\(text) is a \(format)") }
        for text in no { #expect(try !isValid(quoted(text), by: schema), "\(text) is no \(format)") }
        #expect(try isValid("12", by: schema))
    }

    @Test func isAnAnnotationOnRequest() throws {
        let schema = try Schema(Array(#"{"format": "date"}"#.utf8), assertsFormat: false)
        #expect(try JSONParser().parse(Array("\"x\"".utf8)) { schema.isValid($0) })
    }
}
