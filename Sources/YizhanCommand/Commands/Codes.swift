import ArgumentParser
import Foundation
import Gateway
import Interchange

struct Codes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codes", abstract: "Looks codes up in the lists of the interchange.", subcommands: [Show.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What a code means; for a division also what it meant on a day, and what became of it.",
            discussion: """
                Without LIST the lists are named; without CODE all codes of the list. A code may also be given by its name,
                a short list's also by an alias, and 2 or 4 digits of a division's code show the divisions below them.

                Exit status 0 when the list has the code, whether or not it was valid on the day; 1 when it has not; 2 when
                there is no such list.
                Example: yizhan codes show division 510222 --on 1996-01-01
                Example: yizhan codes show ethnicity 汉
                """)

        @Argument(help: "division, or the name of a short list such as sex.") var list: String?
        @Argument(help: "A code, or its name.") var code: String?
        @Option(help: "The day that is asked about, YYYY-MM-DD. Default: today.") var on: String?
        @Option(help: "A local list of divisions, divisions.extra.tsv, to add.") var extra: String?
        @Option(help: "A gateway's configuration, for its local list of divisions.") var config: String?
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard let on, CivilDate(on) == nil else { return }
            throw ValidationError("--on is a day of the calendar, YYYY-MM-DD")
        }

        func run() throws {
            let date = on.flatMap { CivilDate($0) } ?? Instant.now().dayInShanghai
            let lists = try CodeLists.standard(adding: extra ?? config.flatMap(extraOfGateway))
            guard let list else { return try ListOverview(lists).say(json: json) }
            if list == "division" || list == "divisions" {
                return try show(DivisionLookUp(lists: lists, date: date, hasDate: on != nil))
            }
            guard let short = lists.list(list) else {
                throw GatewayError(
                    .mistakes, "there is no code list \(list)",
                    remedy: "use one of division, \(lists.ids.joined(separator: ", "))")
            }
            if on != nil { Terminal.complain("note: \(list) has one edition; --on makes no difference") }
            try show(ShortLookUp(list: short))
        }

        private func show(_ lookUp: some CodeLookUp) throws {
            let answer = lookUp.answer(to: code)
            if json { try answer.sayJSON() } else { answer.lines.forEach { Terminal.say($0) } }
            if !answer.isFound { throw ExitCode(1) }
        }

        private func extraOfGateway(_ file: String) throws -> String? {
            try GatewayConfiguration(file: file).divisionsExtra
        }
    }
}
