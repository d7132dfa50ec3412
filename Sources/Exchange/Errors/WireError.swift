/// An error that is answered to a peer, or that was found in what a peer answered.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
    public let code: WireErrorCode
    /// What was wrong this time, in English. Never holds a value of a person.
    public let detail: String
    /// Seconds until it makes sense to try again; travels as `Retry-After`.
    public let retryAfterSeconds: Int?

    public init(_ code: WireErrorCode, _ detail: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
    }

    public var status: Int { code.status }
    public var description: String { "\(code.rawValue): \(detail)" }
}
