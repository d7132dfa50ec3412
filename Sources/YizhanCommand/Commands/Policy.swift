import ArgumentParser
import Foundation
import Gateway
import Interchange
import Policy

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Who may ask which status question: checked, explained, held against the past.",
        subcommands: [
            PolicyCheckCommand.self, PolicyExplain.self, PolicyReplayCommand.self, PolicySamples.self,
            PolicyJustify.self, PolicyProtect.self,
        ])
}

/// A policy's file: the one that is named, else the configuration's.
struct PolicyFileOption: ParsableArguments {
    @Argument(help: "The policy's file. Default: the one that the configuration names.") var policy: String?
    @OptionGroup var configuration: ConfigurationOption

    var path: String {
        get throws { try policy ?? configuration.load().policy }
    }

    func load() throws -> StatusPolicy { try StatusPolicy(contentsOf: try path) }
}

extension StatusPolicy {
    /// - Throws: ``GatewayError`` when the file cannot be read, `PolicyMistakes` when it has mistakes.
    init(contentsOf path: String) throws {
        guard let text = FileManager.default.contents(atPath: path) else {
            throw GatewayError(.file, "the policy \(path) cannot be read", remedy: "check the path, or set `policy`")
        }
        try self.init(yaml: String(decoding: text, as: UTF8.self), file: path)
    }
}

struct PolicyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Every mistake with its line: also rules that never apply, have ended, or contradict each other.",
        discussion: """
            Exit status 0 when nothing is wrong, 2 when something is.
            Example: yizhan policy check policies/default.yaml
            """)

    @OptionGroup var file: PolicyFileOption
    @Option(help: "The day on which it is to hold, YYYY-MM-DD. Default: today in Asia/Shanghai.") var day: String?
    @Flag(help: "Print a JSON object.") var json = false

    func run() throws {
        let path = try file.path
        var mistakes: [PolicyMistake] = []
        do {
            mistakes = try StatusPolicy(contentsOf: path).check(on: try PolicyDay.read(day))
        } catch let found as PolicyMistakes {
            mistakes = found.mistakes
        }
        if json {
            try Terminal.say(json: PolicyCheckReport(mistakes))
        } else {
            for mistake in mistakes { Terminal.say(mistake.description) }
            if mistakes.isEmpty { Terminal.say("\(path): passes") }
        }
        if !mistakes.isEmpty { throw ExitCode(2) }
    }
}

enum PolicyDay {
    static func read(_ text: String?) throws -> CivilDate {
        guard let text else { return Instant.now().dayInShanghai }
        guard let day = CivilDate(text) else { throw ValidationError("'\(text)' is no day: write YYYY-MM-DD.") }
        return day
    }
}

/// The check's result as JSON.
struct PolicyCheckReport: Encodable {
    struct Mistake: Encodable {
        var code, file: String
        var line, column: Int
        var message, remedy: String
    }

    var passes: Bool
    var mistakes: [Mistake]

    init(_ found: [PolicyMistake]) {
        passes = found.isEmpty
        mistakes = found.map {
            Mistake(
                code: $0.code.rawValue, file: $0.file, line: $0.line, column: $0.column, message: $0.message,
                remedy: $0.remedy)
        }
    }
}

struct PolicyExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says for a hypothetical request what would be decided, and by which line.",
        discussion: """
            Example: yizhan policy explain policies/default.yaml --kind police --question currentRegistration \\
                --purpose caseInquiry --case A-2026-1
            """)

    @OptionGroup var file: PolicyFileOption
    @Option(help: "The bureau's id; its kind is the configuration's unless --kind is given.") var bureau: String?
    @Option(help: "The bureau's kind: police, commerce or service.") var kind: String?
    @Option(help: "Which question.") var question: String
    @Option(help: "For which purpose.") var purpose: String
    @Option(name: .customLong("case"), help: "The case's reference, when the request has one.") var caseReference:
        String?
    @Option(help: "On which day, YYYY-MM-DD. Default: today in Asia/Shanghai.") var day: String?
    @Flag(help: "Print a JSON object.") var json = false

    func run() throws {
        let policy = try file.load()
        guard let question = Question(rawValue: question) else {
            throw ValidationError("--question is one of \(Question.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard let purpose = Purpose(rawValue: purpose) else {
            throw ValidationError("--purpose is one of \(Purpose.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        let request = PolicyRequest(question: question, purpose: purpose, hasCase: caseReference != nil)
        let (asker, day) = (try asker(), try PolicyDay.read(day))
        let words = policy.explain(request, bureau: asker, on: day)
        guard json else {
            Terminal.say(words.english)
            return Terminal.say(words.chinese)
        }
        try Terminal.say(
            json: ExplainReport(policy.decide(request, bureau: asker, on: day), words, file: policy.file))
    }

    private func asker() throws -> Bureau {
        if let kind {
            guard let kind = BureauKind(rawValue: kind) else {
                throw ValidationError("--kind is police, commerce or service.")
            }
            return Bureau(id: bureau ?? "any", kind: kind)
        }
        guard let bureau else { throw ValidationError("Say who asks: --bureau ID or --kind KIND.") }
        guard let known = try file.configuration.load().bureaus.first(where: { $0.id == bureau }) else {
            throw ValidationError("The configuration has no bureau '\(bureau)'; name its kind with --kind.")
        }
        return known
    }
}

/// The explanation as JSON.
struct ExplainReport: Encodable {
    var decision, file: String
    var reason, rule: String?
    var line: Int?
    var about: String?
    var english, chinese: String

    init(_ decision: Decision, _ words: Bilingual, file: String) {
        self.file = file
        (english, chinese) = (words.english, words.chinese)
        switch decision {
        case .allowed(let rule):
            (self.decision, self.rule, line, about) = ("allowed", rule.name, rule.line, rule.about.rawValue)
        case .refused(let refusal):
            (self.decision, reason) = ("refused", refusal.reason.rawValue)
            (rule, line) = (refusal.rule?.name, refusal.rule?.line)
        }
    }
}
