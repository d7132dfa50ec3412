import Interchange

/// A status question: the body of `POST /v1/status-queries`, read and checked.
public struct StatusQuestion: Sendable, Hashable {
    /// The one person that is asked about.
    public struct Subject: Sendable, Hashable {
        /// Not `none`.
        public var idType: IDType
        public var idNumber: Redacted<String>
        public var name: Redacted<String>?
        public var birthDate: Redacted<CivilDate>?

        public init(
            idType: IDType, idNumber: Redacted<String>, name: Redacted<String>? = nil,
            birthDate: Redacted<CivilDate>? = nil
        ) {
            self.idType = idType
            self.idNumber = idNumber
            self.name = name
            self.birthDate = birthDate
        }

        /// The bytes that look-ups hash: a 15-digit number in its 18-digit form.
        public var lookUpNumber: Redacted<[UInt8]> {
            let number = PersonNumber(idNumber.exposed)
            return Redacted(number.subject(number.form(as: idType)))
        }

        /// As ``lookUpNumber``; nil when the number does not have its document's form.
        public var checkedLookUpNumber: Redacted<[UInt8]>? {
            idType != .none && NumberForm.isNumber(idNumber.exposed, of: idType) ? lookUpNumber : nil
        }
    }

    public var question: Question
    public var subject: Subject
    /// Stated in `currentRegistration` and `validPermit`; elsewhere whom to ask, nil for the asker's own province.
    public var province: Province?
    /// Stated in `registeredInDivision` only.
    public var division: DivisionCode?
    /// A unified social credit code (GB 32100); stated in `employerReported` only.
    public var employer: String?
    /// In `validPermit` only; nil means the day of the question.
    public var onDate: CivilDate?
    public var purpose: Purpose
    /// The legal ground that the bureau states: 1 to 128 bytes of UTF-8 without control characters, and
    /// nothing in it that could be a person's number.
    public var legalBasis: String
    /// The member `case`: 1 to 128 bytes of UTF-8 without control characters.
    public var caseReference: String?
    /// The acting officer's pseudonym: 1 to 64 visible ASCII characters, and nothing in it that could be a
    /// person's number.
    public var officer: String
    /// Until when the person is not told that it was asked; `caseInquiry` only.
    public var deferral: Deferral?

    /// Why and until when telling the person is put off: the members `deferredUntil` and `deferralGround`.
    public struct Deferral: Sendable, Hashable {
        public var until: CivilDate
        /// Law and article: 1 to 80 characters.
        public var ground: String

        public init(until: CivilDate, ground: String) {
            self.until = until
            self.ground = ground
        }
    }

    public init(
        question: Question, subject: Subject, province: Province? = nil, division: DivisionCode? = nil,
        employer: String? = nil, onDate: CivilDate? = nil, purpose: Purpose, legalBasis: String,
        caseReference: String? = nil, officer: String, deferral: Deferral? = nil
    ) {
        self.question = question
        self.subject = subject
        self.province = province
        self.division = division
        self.employer = employer
        self.onDate = onDate
        self.purpose = purpose
        self.legalBasis = legalBasis
        self.caseReference = caseReference
        self.officer = officer
        self.deferral = deferral
    }

    /// What the policy's rules look at.
    public var request: PolicyRequest {
        PolicyRequest(question: question, purpose: purpose, hasCase: caseReference != nil)
    }

    /// The province that can answer, when the question states one.
    public var answeringProvince: Province? { province ?? division?.province }
}

/// One thing that is wrong with the body of a question. It never repeats a value.
public struct QuestionProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The body is not JSON, or not an object.
        case syntax
        case required, type, format, unknownMember
        /// The member does not belong to this question.
        case notForThisQuestion
    }

    public var code: Code
    /// JSON Pointer (RFC 6901) to the member; to the object that holds it when its name is not a plain word.
    public var pointer: String
    /// What is expected, one sentence.
    public var expected: String

    public init(_ code: Code, _ pointer: String, _ expected: String) {
        self.code = code
        self.pointer = pointer
        self.expected = expected
    }

    public var description: String { "\(code.rawValue) at \(pointer.isEmpty ? "the body" : pointer): \(expected)" }
}

/// Why a body is answered with 422: everything that is wrong with it, at least one problem.
public struct QuestionProblems: Error, Sendable, Hashable {
    public var problems: [QuestionProblem]

    public init(_ problems: [QuestionProblem]) { self.problems = problems }
}
