import Interchange
import JSONTape

/// A bureau's question as one gateway asks another: the asking gateway vouches for the bureau.
public struct ForwardedQuestion: Sendable, Hashable {
    /// A longer content is malformed, in bytes.
    public static let longestBody = StatusQuestion.longestBody + 512

    /// The same id with the same content gets the same answer.
    public var id: MessageID
    public var bureau: Bureau
    public var question: StatusQuestion

    public init(id: MessageID, bureau: Bureau, question: StatusQuestion) {
        self.id = id
        self.bureau = bureau
        self.question = question
    }

    /// As it is sent. It has the person's number: for the wire alone.
    public var body: [UInt8] {
        var out: [UInt8] = []
        out.append(text: #"{"id":""#)
        id.append(to: &out)
        out.append(text: #"","bureau":{"id":"#)
        out.append(jsonString: bureau.id)
        out.append(text: #","kind":"#)
        out.append(jsonString: bureau.kind.rawValue)
        out.append(text: #"},"subject":{"idType":"#)
        out.append(jsonString: question.subject.idType.rawValue)
        out.append(text: #","idNumber":"#)
        out.append(jsonString: question.subject.idNumber.exposed)
        member("name", question.subject.name?.exposed, to: &out)
        member("birthDate", question.subject.birthDate?.exposed.description, to: &out)
        out.append(text: "}")
        for (name, value) in members { member(name, value, to: &out) }
        out.append(text: "}")
        return out
    }

    private var members: [(String, String?)] {
        [
            ("question", question.question.rawValue), ("province", question.province?.description),
            ("division", question.division?.description), ("employer", question.employer),
            ("onDate", question.onDate?.description), ("purpose", question.purpose.rawValue),
            ("legalBasis", question.legalBasis), ("case", question.caseReference), ("officer", question.officer),
            ("deferredUntil", question.deferral?.until.description), ("deferralGround", question.deferral?.ground),
        ]
    }

    private func member(_ name: String, _ value: String?, to out: inout [UInt8]) {
        guard let value else { return }
        out.append(text: ",\"\(name)\":")
        out.append(jsonString: value)
    }
}
