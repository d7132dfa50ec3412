import AuditLog
import Interchange
import Policy
import Store

/// Questions that were drawn at random, for a supervisor: a look at what the audit log says of them, and itself an entry.
public struct ListSamples: OperatorAction {
    public static let name = "samples-list"
    public static let role = CallerRole.supervisor
    /// The most that are listed at once.
    public static let most = 1_000

    /// Those too that were judged.
    public var all: Bool

    public init(all: Bool) { self.all = all }

    public struct Answer: Codable, Sendable {
        public struct Sample: Codable, Sendable {
            public var id, at, bureau, question, purpose, legalBasis: String
            public var officer: String?
            public var caseReference: String?
            public var justified: Bool?
        }
        public var samples: [Sample]
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let samples = try await desk.store.samples(waitingOnly: !all, limit: Self.most)
        try await desk.store.record([
            Act(.auditViewed, actor: actor, at: desk.clock(), details: [.entries: "\(samples.count)"])
        ])
        return Answer(
            samples: samples.map {
                Answer.Sample(
                    id: $0.id.description, at: $0.at.description, bureau: $0.organisation, question: $0.question,
                    purpose: $0.purpose, legalBasis: $0.legalBasis, officer: $0.officer,
                    caseReference: $0.caseReference, justified: $0.isJustified)
            })
    }
}

/// A supervisor says whether a drawn question was justified.
public struct JudgeSample: OperatorAction {
    public static let name = "samples-judge"
    public static let role = CallerRole.supervisor

    public var id: String
    public var isJustified: Bool

    public init(id: String, isJustified: Bool) {
        self.id = id
        self.isJustified = isJustified
    }

    public struct Answer: Codable, Sendable {
        public var id: String
        public var justified: Bool
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        guard let sample = MessageID(id) else {
            throw GatewayError(.mistakes, "the id is no UUID", remedy: "see `yizhan policy samples`")
        }
        try await desk.store.judge(sample: sample, isJustified: isJustified, by: actor, at: desk.clock())
        return Answer(id: sample.description, justified: isJustified)
    }
}

/// Puts a person under protection, or takes them out: every question about them is answered `unknown`.
public struct ProtectPerson: OperatorAction {
    public static let name = "person-protect"
    public static let role = CallerRole.supervisor

    public var idType: String
    public var idNumber: String
    public var isProtected: Bool

    public init(idType: String, idNumber: String, isProtected: Bool) {
        self.idType = idType
        self.idNumber = idNumber
        self.isProtected = isProtected
    }

    public struct Answer: Codable, Sendable {
        public var protected: Bool
    }

    public func perform(at desk: OperatorDesk, by actor: AuditActor) async throws -> Answer {
        let subject = IDType(rawValue: idType).flatMap { type in
            StatusQuestion.Subject(idType: type, idNumber: Redacted(idNumber)).checkedLookUpNumber
        }
        guard let subject else {
            throw GatewayError(
                .mistakes, "this is no number of that kind of document",
                remedy: "give the number as the document has it")
        }
        try await desk.store.protect(subject.exposed, isProtected: isProtected, by: actor, at: desk.clock())
        return Answer(protected: isProtected)
    }
}
