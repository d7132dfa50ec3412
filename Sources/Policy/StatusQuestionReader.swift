import Interchange
import JSONTape

extension StatusQuestion {
    /// A longer body is malformed, in bytes.
    public static let longestBody = 4_096

    /// Reads the body of `POST /v1/status-queries`. The object is closed: an unknown member is a problem, and so is one
    /// that belongs to another question.
    /// - Throws: every problem that was found. A `caseInquiry` without `case` is none: the policy refuses it.
    public init(body: [UInt8]) throws(QuestionProblems) {
        guard body.count <= Self.longestBody else {
            throw QuestionProblems([QuestionProblem(.syntax, "", "At most \(Self.longestBody) bytes.")])
        }
        self = try Self.read(body) { root in
            var reader = QuestionReader()
            return reader.read(root)
        }
    }

    fileprivate static func read<Value: Sendable>(
        _ body: [UInt8], _ read: @Sendable (JSONView) -> Result<Value, QuestionProblems>
    ) throws(QuestionProblems) -> Value {
        guard let result = QuestionParsers.shared.parse(body, read) else {
            throw QuestionProblems([QuestionProblem(.syntax, "", "A JSON object without repeated members.")])
        }
        return try result.get()
    }
}

extension ForwardedQuestion {
    /// Reads the content of `POST /v1/status-queries` on the exchange listener: a bureau's body with `id` and `bureau`.
    /// - Throws: every problem that was found.
    public init(body: [UInt8]) throws(QuestionProblems) {
        guard body.count <= Self.longestBody else {
            throw QuestionProblems([QuestionProblem(.syntax, "", "At most \(Self.longestBody) bytes.")])
        }
        self = try StatusQuestion.read(body) { root in
            var reader = QuestionReader()
            return reader.readForwarded(root)
        }
    }
}

/// Reads the members of a question and gathers what is wrong with them.
private struct QuestionReader {
    static let members: [StaticString] = [
        "question", "subject", "province", "division", "employer", "onDate", "purpose", "legalBasis", "case",
        "officer", "deferredUntil", "deferralGround",
    ]
    private static let forwardedMembers = members + ["id", "bureau"]
    private static let subjectMembers: [StaticString] = ["idType", "idNumber", "name", "birthDate"]

    private var problems: [QuestionProblem] = []

    mutating func readForwarded(_ root: JSONView) -> Result<ForwardedQuestion, QuestionProblems> {
        guard root.kind == .object else {
            return .failure(QuestionProblems([QuestionProblem(.type, "", "A JSON object.")]))
        }
        let id = required(root, "id", "A UUID.") { MessageID($0) }
        let bureau = bureau(root["bureau"])
        switch read(root, known: Self.forwardedMembers) {
        case .failure(let problems): return .failure(problems)
        case .success(let question):
            guard let id, let bureau else { return .failure(QuestionProblems(problems)) }
            refuseNaming(question.subject, [("/bureau/id", bureau.id)])
            guard problems.isEmpty else { return .failure(QuestionProblems(problems)) }
            return .success(ForwardedQuestion(id: id, bureau: bureau, question: question))
        }
    }

    private mutating func bureau(_ object: JSONView?) -> Bureau? {
        guard let object, object.kind == .object else {
            problems.append(QuestionProblem(object == nil ? .required : .type, "/bureau", "An object."))
            return nil
        }
        refuseUnknown(object, at: "/bureau", known: ["id", "kind"])
        let id = required(object, "id", under: "/bureau", "1 to 64 letters, digits and hyphens, and nobody's number.") {
            NumberForm.holdsIdNumber($0) || !Self.isBureau($0) ? nil : $0
        }
        let kind = required(object, "kind", under: "/bureau", "police, commerce or service.") {
            BureauKind(rawValue: $0)
        }
        guard let id, let kind else { return nil }
        return Bureau(id: id, kind: kind)
    }

    private static func isBureau(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
    }

    mutating func read(
        _ root: JSONView, known: [StaticString] = QuestionReader.members
    ) -> Result<StatusQuestion, QuestionProblems> {
        guard root.kind == .object else {
            return .failure(QuestionProblems([QuestionProblem(.type, "", "A JSON object.")]))
        }
        refuseUnknown(root, at: "", known: known)
        let question = required(root, "question", "One of the questions.") { Question(rawValue: $0) }
        let subject = subject(root["subject"], asked: question)
        let purpose = required(root, "purpose", "One of the interchange's purposes.") { Purpose(rawValue: $0) }
        let basis = required(root, "legalBasis", "1 to 128 bytes without control characters, and nobody's number.") {
            NumberForm.holdsIdNumber($0) ? nil : Self.line($0)
        }
        let officer = required(
            root, "officer", "A pseudonym of 1 to 64 visible ASCII characters, and nobody's number.", Self.pseudonym)
        // The audit log keeps it, so that a person's number must not be in it.
        let reference = optional(root, "case", "1 to 128 bytes without control characters, and nobody's number.") {
            NumberForm.holdsIdNumber($0) ? nil : Self.line($0)
        }
        let target = target(root, asked: question)
        let deferral = deferral(root, purpose)
        if let subject {
            refuseNaming(
                subject,
                [
                    ("/legalBasis", basis), ("/officer", officer), ("/case", reference),
                    ("/deferralGround", deferral?.ground),
                ])
        }
        guard problems.isEmpty, let question, let subject, let purpose, let basis, let officer else {
            return .failure(QuestionProblems(problems))
        }
        return .success(
            StatusQuestion(
                question: question, subject: subject, province: target.province, division: target.division,
                employer: target.employer, onDate: target.onDate, purpose: purpose, legalBasis: basis,
                caseReference: reference, officer: officer, deferral: deferral))
    }

    private mutating func deferral(_ root: JSONView, _ purpose: Purpose?) -> StatusQuestion.Deferral? {
        let until = optional(root, "deferredUntil", "A day, YYYY-MM-DD.") { CivilDate($0) }
        let ground = optional(root, "deferralGround", "1 to 80 characters: law and article, and nobody's number.") {
            text in
            NumberForm.holdsIdNumber(text) || text.unicodeScalars.count > 80 ? nil : Self.line(text)
        }
        let names: [StaticString] = ["deferredUntil", "deferralGround"]
        let stated = names.filter { root[$0] != nil }
        guard !stated.isEmpty else { return nil }
        for name in names where root[name] == nil {
            problems.append(QuestionProblem(.required, "/\(name)", "Ground and end of a deferral go together."))
        }
        if purpose != .caseInquiry {
            for name in stated {
                problems.append(QuestionProblem(.notForThisQuestion, "/\(name)", "Only caseInquiry may be deferred."))
            }
        }
        guard let until, let ground else { return nil }
        return StatusQuestion.Deferral(until: until, ground: ground)
    }

    private typealias Target = (province: Province?, division: DivisionCode?, employer: String?, onDate: CivilDate?)

    private mutating func target(_ root: JSONView, asked question: Question?) -> Target {
        let province = optional(root, "province", "Two digits of GB/T 2260.") { Province($0) }
        let division = optional(root, "division", "Six digits of GB/T 2260.") { text in
            DivisionCode(text).flatMap { $0.province == nil ? nil : $0 }
        }
        let employer = optional(root, "employer", "A code of GB 32100 with its check character.") {
            NumberForm.isSocialCreditCode($0) ? $0 : nil
        }
        let onDate = optional(root, "onDate", "A day, YYYY-MM-DD.") { CivilDate($0) }
        guard let question else { return (province, division, employer, onDate) }
        for (name, use) in question.members {
            if use == .needed, root[name] == nil {
                problems.append(QuestionProblem(.required, "/\(name)", "\(question.rawValue) needs it."))
            }
            if use == .foreign, root[name] != nil {
                problems.append(
                    QuestionProblem(.notForThisQuestion, "/\(name)", "\(question.rawValue) does not have it."))
            }
        }
        return (province, division, employer, onDate)
    }

    private mutating func subject(_ object: JSONView?, asked question: Question?) -> StatusQuestion.Subject? {
        guard let object, object.kind == .object else {
            problems.append(QuestionProblem(object == nil ? .required : .type, "/subject", "An object."))
            return nil
        }
        refuseUnknown(object, at: "/subject", known: Self.subjectMembers)
        let type = required(object, "idType", under: "/subject", "A type of identity document that has a number.") {
            IDType(rawValue: $0).flatMap { $0 == .none ? nil : $0 }
        }
        let number = required(object, "idNumber", under: "/subject", "A number of the form that idType has.") { text in
            type.map { NumberForm.isNumber(text, of: $0) } ?? true ? text : nil
        }
        let name = optional(object, "name", under: "/subject", "1 to 50 characters.", Self.name)
        let birthDate = optional(object, "birthDate", under: "/subject", "A day, YYYY-MM-DD.") { CivilDate($0) }
        if question == .identityMatches {
            for member: StaticString in ["name", "birthDate"] where object[member] == nil {
                problems.append(QuestionProblem(.required, "/subject/\(member)", "identityMatches needs it."))
            }
        }
        guard let type, let number else { return nil }
        return StatusQuestion.Subject(
            idType: type, idNumber: Redacted(number), name: name.map { Redacted($0) },
            birthDate: birthDate.map { Redacted($0) })
    }
}

extension QuestionReader {
    /// The audit log keeps these texts, and holds no name or number of anybody.
    private mutating func refuseNaming(_ subject: StatusQuestion.Subject, _ texts: [(pointer: String, text: String?)]) {
        let telling = subject.telling
        for (pointer, text) in texts {
            guard let text, telling.contains(where: { $0.fits(in: text) }),
                case let folded = FoldedText(text), telling.contains(where: folded.holds)
            else { continue }
            problems.append(QuestionProblem(.format, pointer, "Without the number or the name of who is asked about."))
        }
    }

    private mutating func refuseUnknown(_ object: JSONView, at pointer: String, known: [StaticString]) {
        object.forEachMember { member, _ in
            guard !known.contains(where: member.stringEquals), let name = member.string else { return }
            // A name that is no plain word could itself be somebody's number.
            let isWord = (1...32).contains(name.utf8.count) && name.utf8.allSatisfy { (0x41...0x7A).contains($0) }
            problems.append(
                QuestionProblem(.unknownMember, isWord ? "\(pointer)/\(name)" : pointer, "No other members."))
        }
    }

    private mutating func required<Value>(
        _ object: JSONView, _ name: StaticString, under parent: String = "", _ expected: String,
        _ read: (String) -> Value?
    ) -> Value? {
        guard let member = object[name] else {
            problems.append(QuestionProblem(.required, "\(parent)/\(name)", expected))
            return nil
        }
        return value(of: member, name, under: parent, expected, read)
    }

    private mutating func optional<Value>(
        _ object: JSONView, _ name: StaticString, under parent: String = "", _ expected: String,
        _ read: (String) -> Value?
    ) -> Value? {
        object[name].flatMap { value(of: $0, name, under: parent, expected, read) }
    }

    private mutating func value<Value>(
        of member: JSONView, _ name: StaticString, under parent: String, _ expected: String,
        _ read: (String) -> Value?
    ) -> Value? {
        guard let text = member.string else {
            problems.append(QuestionProblem(.type, "\(parent)/\(name)", "A string. \(expected)"))
            return nil
        }
        guard let value = read(text) else {
            problems.append(QuestionProblem(.format, "\(parent)/\(name)", expected))
            return nil
        }
        return value
    }

    private static func line(_ text: String) -> String? {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
    }

    private static func name(_ text: String) -> String? {
        (1...50).contains(text.unicodeScalars.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
    }

    private static func pseudonym(_ text: String) -> String? {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && !NumberForm.holdsIdNumber(text) ? text : nil
    }
}

/// What a member is to a question.
private enum MemberUse { case needed, allowed, foreign }

extension Question {
    fileprivate var members: [(name: StaticString, use: MemberUse)] {
        let uses: (province: MemberUse, division: MemberUse, employer: MemberUse, onDate: MemberUse) =
            switch self {
            case .currentRegistration: (.needed, .foreign, .foreign, .foreign)
            case .validPermit: (.needed, .foreign, .foreign, .allowed)
            case .registeredInDivision: (.foreign, .needed, .foreign, .foreign)
            case .employerReported: (.allowed, .foreign, .needed, .foreign)
            case .identityMatches: (.allowed, .foreign, .foreign, .foreign)
            }
        return [
            ("province", uses.province), ("division", uses.division), ("employer", uses.employer),
            ("onDate", uses.onDate),
        ]
    }
}
