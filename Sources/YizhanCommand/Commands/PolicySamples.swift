import ArgumentParser
import Gateway
import Interchange

struct PolicySamples: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "samples",
        abstract: "Questions that were drawn at random for a supervisor to justify.",
        discussion: """
            With a supervisor's certificate, tls/supervisor-sv1 unless --identity names another.
            Example: yizhan policy samples --config gateway.yaml
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "The supervisor's certificate and key, without .pem and .key.") var identity: String?
    @Flag(help: "Those too that were judged.") var all = false
    @Flag(help: "Print a JSON object.") var json = false

    func run() async throws {
        let channel = OperatorChannel(try configuration.load(), identity: identity)
        let answer = try await channel.perform(ListSamples(all: all))
        if json { return try Terminal.say(json: answer) }
        for sample in answer.samples {
            let facts = [
                sample.id, sample.at, sample.bureau, sample.officer, sample.question, sample.purpose,
                sample.caseReference, sample.legalBasis,
                sample.justified.map { $0 ? "justified" : "unjustified" },
            ]
            Terminal.say(facts.compactMap { $0 }.joined(separator: "  "))
        }
        if answer.samples.isEmpty { Terminal.say("no drawn question waits") }
    }
}

struct PolicyJustify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "justify", abstract: "Says, as a supervisor, that a drawn question was justified, or was not.",
        discussion: """
            Example: yizhan policy justify 01990000-0000-7000-8000-000000000001 --config gateway.yaml
            Example: yizhan policy justify 01990000-0000-7000-8000-000000000001 --unjustified --config gateway.yaml
            """)

    @Argument(help: "The question's id, from yizhan policy samples.") var id: String
    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "The supervisor's certificate and key, without .pem and .key.") var identity: String?
    @Flag(help: "The question was not justified.") var unjustified = false
    @Flag(help: "Print a JSON object.") var json = false

    func run() async throws {
        let channel = OperatorChannel(try configuration.load(), identity: identity)
        let answer = try await channel.perform(JudgeSample(id: id, isJustified: !unjustified))
        if json { return try Terminal.say(json: answer) }
        Terminal.say("\(answer.id): \(answer.justified ? "justified" : "unjustified")")
    }
}

struct PolicyProtect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect",
        abstract: "Puts a person under protection: every question about them is answered unknown.",
        discussion: """
            The person's number is read from standard input, so that it stands in no process list.
            Example: yizhan policy protect --config gateway.yaml < number.txt
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "The supervisor's certificate and key, without .pem and .key.") var identity: String?
    @Option(help: "The kind of number.") var idType = "residentId"
    @Flag(help: "Take the person out of protection.") var off = false
    @Flag(help: "Print a JSON object.") var json = false

    func run() async throws {
        guard let number = readLine(strippingNewline: true), !number.isEmpty else {
            throw ValidationError("Give the person's number on standard input.")
        }
        let channel = OperatorChannel(try configuration.load(), identity: identity)
        let answer = try await channel.perform(ProtectPerson(idType: idType, idNumber: number, isProtected: !off))
        if json { return try Terminal.say(json: answer) }
        Terminal.say(answer.protected ? "under protection" : "no longer under protection")
    }
}
