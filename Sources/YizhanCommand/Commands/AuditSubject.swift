import ArgumentParser
import Foundation
import Gateway

struct AuditSubject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subject",
        abstract: "Who asked about a person: what kind of thing, when, for what purpose; newest first.",
        discussion: """
            The person's number is read from standard input, so that it stands in no process list. Inquiries that are deferred
            are left out until their day; with an auditor's certificate it is said how many there are. An operator's look at a
            row of the person's in quarantine is listed, too, as `quarantinedRow`. The look is itself entered in the log.
            Example: yizhan audit subject --config gateway.yaml < number.txt
            """)

    @OptionGroup var operating: OperatorOptions
    @Option(help: "The kind of number.") var idType = "residentId"

    func run() async throws {
        let answer = try await operating.perform(ReadAccessLog(subject: try PersonInput.read(idType)))
        if operating.json { return try Terminal.say(json: answer) }
        for inquiry in answer.inquiries {
            Terminal.say(
                "\(inquiry.at)  \(inquiry.organisation)  \(inquiry.question ?? inquiry.look ?? "-")  \(inquiry.purpose ?? "-")"
                    + (inquiry.legalBasis.map { "  \($0)" } ?? ""))
        }
        if answer.inquiries.isEmpty { Terminal.say("Nobody asked.") }
        if let own = answer.deferred, let all = answer.deferredOfAll {
            Terminal.say(Terminal.dim("deferred: \(own) about this person, \(all) in all"))
        }
        Terminal.say(Terminal.dim("as of \(answer.asOf); entered as \(answer.entry)"))
    }
}
