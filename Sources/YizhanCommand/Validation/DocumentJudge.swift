import Interchange
import JSONTape

/// Says whether a document is valid, and why not.
protocol DocumentJudge { func verdict(on text: [UInt8]) -> Verdict }

/// What was found in one document.
struct Verdict {
    var isValid: Bool
    /// What is wrong, for a person.
    var lines: [String] = []
    /// What is wrong, as further members of a JSON object: a comma, a name, a value.
    var members: [UInt8] = []

    static let valid = Verdict(isValid: true)
}

/// The kind's schema and rules, as a sender's intake applies them.
struct EnvelopeRules: DocumentJudge {
    private let checker = EnvelopeChecker()

    func verdict(on text: [UInt8]) -> Verdict {
        let judgement = text.withUnsafeBytes { checker.check($0, side: .sender, now: Instant.now()) }
        let violations = judgement.violations.filter { $0.severity == .quarantine }
        let isUnread = violations.contains { $0.code == .schema && $0.pointer.isEmpty }
        if isUnread, let error = Self.syntaxError(in: text) {
            return verdict([(ViolationCode.schema.rawValue, "", error.account(of: text))])
        }
        return verdict(
            violations.map {
                ($0.code.rawValue, $0.pointer, "\($0.text.message.english) \($0.text.remedy.english)")
            })
    }

    private static func syntaxError(in text: [UInt8]) -> JSONSyntaxError? {
        do {
            try JSONParser().parse(text) { _ in }
            return nil
        } catch {
            return error as? JSONSyntaxError
        }
    }

    private func verdict(_ violations: [(code: String, pointer: String, message: String)]) -> Verdict {
        var verdict = Verdict(isValid: violations.isEmpty, members: Array(",\"violations\":[".utf8))
        for (place, violation) in violations.enumerated() {
            let (code, pointer, message) = violation
            verdict.lines.append(pointer.isEmpty ? "\(code): \(message)" : "\(code) \(pointer): \(message)")
            verdict.members.append(contentsOf: "\(place > 0 ? "," : ""){\"code\":".utf8)
            verdict.members.append(jsonString: code)
            verdict.members.append(contentsOf: ",\"pointer\":".utf8)
            verdict.members.append(jsonString: pointer)
            verdict.members.append(contentsOf: ",\"message\":".utf8)
            verdict.members.append(jsonString: message)
            verdict.members.append(UInt8(ascii: "}"))
        }
        verdict.members.append(UInt8(ascii: "]"))
        return verdict
    }
}

extension JSONSyntaxError {
    /// For who wrote the text: that it is not JSON, where, and what was expected. Never repeats the text.
    func account(of text: [UInt8]) -> String {
        "not JSON: \(sentence) at byte \(offset) (\(TextPlace(offset, in: text))); \(remedy)"
    }
}
