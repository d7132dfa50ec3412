import Exchange
import Testing

@Suite struct ProblemDetailsTests {
    @Test func theContentIsAlwaysTheSame() {
        let problem = ProblemDetails(WireError(.nonceReplayed, "Say \"again\"."))
        #expect(
            String(decoding: problem.encoded(), as: UTF8.self) == #"""
                {"type":"urn:yizhan:problem:NONCE_REPLAYED","title":"The nonce was used before","status":401,"detail":"Say \"again\".","code":"NONCE_REPLAYED"}
                """#)
        #expect(ProblemDetails(decoding: problem.encoded(), status: 401) == problem)
    }

    @Test(arguments: [
        ("SIGNATURE_MISSING", 401), ("SIGNATURE_INVALID", 401), ("SIGNATURE_EXPIRED", 401), ("NONCE_REPLAYED", 401),
        ("PEER_UNKNOWN", 403), ("IDENTITY_MISMATCH", 403), ("DIGEST_MISMATCH", 400), ("BATCH_ID_REUSED", 409),
        ("BODY_TOO_LARGE", 413), ("BATCH_TOO_LONG", 413), ("ENCODING_UNSUPPORTED", 415), ("BATCH_UNREADABLE", 422),
        ("BUSY", 503), ("STORAGE_FULL", 503),
    ])
    func aCodeHasItsStatus(code: String, status: Int) {
        #expect(WireErrorCode(rawValue: code)?.status == status)
    }

    @Test func aCodeThatIsNotKnownIsKept() {
        let problem = ProblemDetails(decoding: #"{"code":"TEAPOT","more":1}"#.utf8Bytes, status: 418)
        #expect(problem == ProblemDetails(status: 418, code: "TEAPOT", title: "", detail: ""))
        #expect(problem?.knownCode == nil)
    }

    @Test(arguments: ["", "<html>", "[]", "{}", #"{"code":1}"#])
    func whatHasNoCodeIsNoProblemOfOurs(content: String) {
        #expect(ProblemDetails(decoding: content.utf8Bytes, status: 502) == nil)
    }
}
