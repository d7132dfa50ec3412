import ArgumentParser
import Gateway
import Interchange
import Store

struct Reconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares with a peer what each holds of the other, and heals what differs.",
        discussion: """
            It runs daily by itself. Exit status 0: everything is accounted for; 1: something is not, and the list says what
            became of it: run it again when the queue is empty; 3: the peer does not answer.
            Example: yizhan reconcile 41 --config gateway.yaml
            """)

    @OptionGroup var operating: OperatorOptions
    @Argument(help: "The peer's province, two digits.") var peer: Province?
    @Flag(help: "Print the last statement with each peer, and compare nothing.") var list = false

    func validate() throws {
        guard list == (peer == nil) else { throw ValidationError("Give a peer's two digits, or --list.") }
    }

    func run() async throws {
        if list { return try await showLast() }
        guard let peer else { return }
        let statement = try await operating.perform(ReconcileNow(peer: peer))
        if operating.json { try Terminal.say(json: statement) } else { statement.say() }
        if !statement.accounted { throw ExitCode(1) }
    }

    private func showLast() async throws {
        let store = try SQLiteReader(path: try operating.configuration.load().storePath)
        let statements = try await store.statements().map { try ReconciliationStatement($0) }
        if operating.json {
            try Terminal.say(json: statements)
        } else {
            for statement in statements { statement.say() }
            if statements.isEmpty { Terminal.say("Nothing has been reconciled yet.") }
        }
        if !statements.allSatisfy(\.accounted) { throw ExitCode(1) }
    }
}

extension ReconciliationStatement {
    fileprivate func say() {
        for direction in directions {
            let paint = direction.accounted ? Terminal.green : Terminal.red
            Terminal.say("\(paint(direction.text)) (\(Terminal.grouped(direction.envelopes)) compared)")
            Terminal.say(direction.textChinese)
            for difference in direction.differences {
                Terminal.say("  \(Terminal.grouped(difference.envelopes))  \(difference.state): \(difference.meaning)")
                Terminal.say("      \(difference.meaningChinese)")
                for id in difference.ids { Terminal.say(Terminal.dim("      \(id)")) }
            }
        }
        Terminal.say(Terminal.dim("compared at \(at), begun by \(startedBy)"))
    }
}
