import Interchange

/// Questions that another province is to answer, as far as they concern this one: they count here like any other.
public protocol Forwarding: Sendable {
    /// Counts a question that is about to be sent and enters `question.forwarded`; or refuses it, when a limit is used up, as
    /// a local one is refused.
    /// - Parameter inquiry: decided by the rules that look at the request, its entry naming the province that is asked.
    /// - Returns: the refusal; nil when the question may be sent. And a limit that is to be alerted of.
    func forward(_ inquiry: Inquiry) async throws -> ForwardedInquiry
    /// Enters what came back, and counts what was not `yes` among the misses.
    /// - Parameter act: the entry, `question.answered` or `question.refused`.
    func conclude(_ inquiry: Inquiry, with act: Act, isMiss: Bool) async throws
}

/// What became of a question that was to be sent.
public struct ForwardedInquiry: Sendable {
    public var refusal: Inquiry.Refusal?
    public var exceeded: InquiryLimit?
}
