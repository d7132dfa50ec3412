import Exchange

/// An answer, and what can be said of it.
struct Observed: Sendable {
    let request: HTTPRequestComponents
    let response: TransportResponse
    /// Why its signature does not verify; nil when it does.
    let unsigned: String?
    /// The content without its encoding; empty when it cannot be decoded.
    let content: [UInt8]

    var status: Int { response.status }
    var problem: ProblemDetails? {
        response.fields.mediaType == ProblemDetails.contentType
            ? ProblemDetails(decoding: content, status: status) : nil
    }

    /// In words, for a finding.
    var words: String {
        let code = problem.map { " \($0.code)" } ?? ""
        return "\(status)\(code)\(unsigned.map { ", not verified: \($0)" } ?? "")"
    }

    /// Kept when the answer is a problem with this status and one of these codes.
    func isRefusal(_ status: Int, _ codes: WireErrorCode...) -> Verdict {
        let expected = "\(status) \(codes.map(\.rawValue).joined(separator: " or "))"
        guard self.status == status, let code = problem?.knownCode, codes.contains(code) else {
            return .broken(expected: expected, found: words)
        }
        return .kept
    }

    /// Whether the answer names this key.
    func isSigned(by keyID: String) -> Bool {
        response.fields.combined("signature-input")?.contains("keyid=\"\(keyID)\"") ?? false
    }
}
