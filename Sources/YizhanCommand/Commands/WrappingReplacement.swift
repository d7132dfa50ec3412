import ArgumentParser
import Gateway

/// What `yizhan keys rotate --wrapping` does.
struct WrappingReplacement {
    let channel: OperatorChannel
    let json: Bool

    func run() async throws {
        let report = try await channel.perform(ReplaceWrappingKey())
        if json { return try Terminal.say(json: report) }
        Terminal.say(Terminal.green("wrapping key \(report.current) is in force; every data key is wrapped by it"))
        let former = report.former.map(String.init).joined(separator: ", ")
        if !former.isEmpty { Terminal.say("kept for older backups: \(former)") }
        for id in report.destroyed { Terminal.say(Terminal.dim("destroyed: \(id)")) }
    }
}
