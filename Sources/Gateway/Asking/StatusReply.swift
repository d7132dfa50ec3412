import Interchange
import JSONTape
import Store

/// The answer to a question as it travels, to a bureau and between gateways. The same members and lengths for every person.
struct StatusReply: Sendable, Hashable {
    var id: MessageID
    var answer: InquiryAnswer
    var asOf: Instant
    var validUntil: Instant
    /// Of a refusal: why, and by which rule it failed.
    var refusal: Inquiry.Refusal?

    init(id: MessageID, answer: InquiryAnswer, asOf: Instant, validUntil: Instant, refusal: Inquiry.Refusal?) {
        self.id = id
        self.answer = answer
        self.asOf = asOf
        self.validUntil = validUntil
        self.refusal = refusal
    }

    init(id: MessageID, answer: InquiryAnswer, at now: Instant, refusal: Inquiry.Refusal? = nil) {
        self.init(
            id: id, answer: answer, asOf: now,
            validUntil: now.adding(seconds: Int64(QuestionDesk.validDays) * 86_400), refusal: refusal)
    }

    var encoded: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(256)
        body.append(text: #"{"id":""#)
        id.append(to: &body)
        body.append(text: #"","answer":""#)
        body.append(text: answer.rawValue)
        body.append(text: #"","asOf":""#)
        asOf.append(to: &body)
        body.append(text: #"","validUntil":""#)
        validUntil.append(to: &body)
        body.append(text: #"""#)
        if let refusal {
            body.append(text: #","reason":"#)
            body.append(jsonString: refusal.reason)
            if let rule = refusal.rule {
                body.append(text: #","rule":"#)
                body.append(jsonString: rule)
            }
        }
        body.append(text: "}")
        return body
    }

    /// Longest answer of a peer that is read, in bytes.
    static let longest = 4_096
    /// No answer is relied on longer, in days.
    static let longestValidDays = 30

    /// Reads a peer's answer to the question with this id; nil for anything else.
    init?(decoding content: [UInt8], to id: MessageID, at now: Instant) {
        guard content.count <= Self.longest else { return nil }
        let parser = JSONParser(maximumDepth: 2, maximumNodes: 64)
        let read = try? parser.parse(content) { root -> StatusReply? in
            guard root[member: "id"]?.string.flatMap({ MessageID($0) }) == id,
                let answer = root[member: "answer"]?.string.flatMap({ InquiryAnswer(rawValue: $0) }),
                let asOf = root[member: "asOf"]?.string.flatMap({ Instant($0) }),
                let until = root[member: "validUntil"]?.string.flatMap({ Instant($0) }),
                until <= now.adding(seconds: Int64(Self.longestValidDays) * 86_400)
            else { return nil }
            let reason = root[member: "reason"]?.string.flatMap { Self.word($0) }
            let rule = root[member: "rule"]?.string.flatMap { Self.word($0) }
            let refusal = answer == .refused ? Inquiry.Refusal(reason: reason ?? "refusedByPeer", rule: rule) : nil
            return StatusReply(id: id, answer: answer, asOf: asOf, validUntil: until, refusal: refusal)
        }
        guard let reply = read ?? nil else { return nil }
        self = reply
    }

    /// What a peer writes goes into the log: letters, digits and hyphens only.
    private static func word(_ text: String) -> String? {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
            && !text.utf8.allSatisfy { $0 < 0x3A } ? text : nil
    }
}
