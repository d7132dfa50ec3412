import ArgumentParser
import Children
import Foundation
import Gateway
import Interchange
import Store

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The main job in one go: two provinces on this machine exchange real records, end to end.",
        discussion: """
            Makes Guangdong and Henan in a temporary folder, each a gateway process of its own with real TLS; takes the
            sample export in, sends what concerns Henan, kills the receiver on the way, asks questions, verifies both
            audit logs. The gateways run on until interrupted, or end with --exit. Exit status 0 only if every count agrees.
            Example: yizhan demo --exit --dir /tmp/yizhan
            """)

    @Flag(help: "End when the account is printed.") var exit = false
    @Option(help: "Where to keep the folders of both provinces. Default: a temporary folder, removed at the end.")
    var dir: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let folder =
            dir ?? FileManager.default.temporaryDirectory.appendingPathComponent("yizhan-demo-\(getpid())").path
        var mustKeep = dir != nil
        if !mustKeep { Leftovers.add(folder: folder) }
        Leftovers.clearWhenInterrupted()
        defer { if !mustKeep { try? FileManager.default.removeItem(atPath: folder) } }
        let stage = try DemoStage(folder: folder)
        defer { stage.stop() }
        var account = DemoAccount()
        do {
            try await DemoStory(stage: stage).tell(&account)
        } catch {
            Leftovers.waitIfInterrupted()
            stage.stop()
            mustKeep = true
            Terminal.complain("The demonstration stopped: \(error)")
            Terminal.complain("The gateways' logs: \(folder)/44/gateway.log and \(folder)/41/gateway.log")
            throw ExitCode(1)
        }
        account.printVerdict(folder: dir)
        if !exit { try await rest(stage, status: account.agrees ? 0 : 1) }
        if !account.agrees { throw ExitCode(1) }
    }

    /// Until it is interrupted.
    private func rest(_ stage: DemoStage, status: Int32) async throws {
        Terminal.say("\nBoth gateways run on. Try, from another terminal:")
        Terminal.say("  yizhan queue stats --config \(stage.guangdong.configuration)")
        Terminal.say("  yizhan audit list --config \(stage.henan.configuration)")
        Terminal.say("Ctrl-C ends them.")
        Leftovers.clearWhenInterrupted(status: status)
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }
}

/// What the demonstration counted, and whether it agrees.
struct DemoAccount {
    private var disagreements: [String] = []

    var agrees: Bool { disagreements.isEmpty }

    /// Prints a line, and remembers it if the counts differ.
    mutating func expect<Value: Equatable>(_ what: String, _ found: Value, _ owed: Value) {
        let agrees = found == owed
        if !agrees { disagreements.append(what) }
        let shown = (found as? Int).map(Terminal.grouped) ?? "\(found)"
        let mark = agrees ? Terminal.green("✓") : Terminal.red("✗ expected \(owed)")
        Terminal.say("  \(what.padded(to: 52)) \(shown.padded(to: 10)) \(mark)")
    }

    /// Prints a line that owes nothing.
    func tell(_ what: String, _ found: String) { Terminal.say("  \(what.padded(to: 52)) \(found)") }

    func printVerdict(folder: String?) {
        Terminal.say()
        if agrees {
            Terminal.say(
                Terminal.green(Terminal.bold("Every count agrees on both sides, and both audit logs are sound.")))
        } else {
            Terminal.say(Terminal.red("These counts do not agree: \(disagreements.joined(separator: "; "))"))
        }
        if let folder { Terminal.say(Terminal.dim("Everything is kept in \(folder).")) }
    }
}

extension String {
    /// Filled with blanks to a width; Han characters count two.
    func padded(to width: Int) -> String {
        let columns = unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
        return self + String(repeating: " ", count: max(0, width - columns))
    }
}
